"""What both jobs of expected.py compute with."""

import math


def inverse(matrix):
    """Inverse by elimination with pivots, and the logarithm of the determinant's size."""
    n = len(matrix)
    rows = [list(row) + [float(i == j) for j in range(n)] for i, row in enumerate(matrix)]
    log_determinant = 0.0
    for i in range(n):
        best = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[best] = rows[best], rows[i]
        log_determinant += math.log(abs(rows[i][i]))
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(n):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i])]
    return [row[n:] for row in rows], log_determinant


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))
