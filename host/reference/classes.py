"""Three sets of class labels as one target for each class, 1 for a sample's own class and 0 for the others.

  iris.csv            150 flowers of three kinds, four lengths (Fisher 1936)
  wine.csv            178 wines of three growers, 13 analyses (Forina and others 1988)
  breast_cancer.csv   569 tumours, malignant or benign, 30 measures (Wolberg, Street, Mangasarian 1995)

All are from the UCI Machine Learning Repository, licence CC BY 4.0, as scikit-learn 1.9.1 ships them; its copy of iris has the
values of Fisher's paper in two rows where UCI's has not. Needs scikit-learn (classes-requirements.txt).
"""

from pathlib import Path

from sklearn.datasets import load_breast_cancer, load_iris, load_wine

HERE = Path(__file__).resolve().parent

for name, load in {"iris": load_iris, "wine": load_wine, "breast_cancer": load_breast_cancer}.items():
    samples = load()
    classes = range(len(samples.target_names))
    header = [f"x{i}" for i in range(samples.data.shape[1])] + [f"y{k}" for k in classes]
    lines = [",".join(header)]
    for x, label in zip(samples.data.tolist(), samples.target.tolist()):
        lines.append(",".join([repr(v) for v in x] + ["1" if k == label else "0" for k in classes]))
    (HERE / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
