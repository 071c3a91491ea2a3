//! A drawing as a bitmap: [`super::svg`] rendered at half its size.

use std::error::Error;

use epaint_default_fonts::UBUNTU_LIGHT;
use resvg::{tiny_skia, usvg};

/// Returns the drawing as the bytes of a PNG file, with the project's font, so that it looks alike on any
/// machine.
pub(super) fn rasterize(svg: &str, size: (u32, u32)) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut options = usvg::Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_font_data(UBUNTU_LIGHT.to_vec());
    let family = fonts.faces().next().and_then(|face| face.families.first()).map(|(name, _)| name.clone());
    fonts.set_sans_serif_family(family.unwrap_or_default());
    let tree = usvg::Tree::from_str(svg, &options)?;
    let mut pixels = tiny_skia::Pixmap::new(size.0 / 2, size.1 / 2).ok_or("no memory for the picture")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(0.5, 0.5), &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}
