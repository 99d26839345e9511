//! Drawn portraits for invented people: flat shapes on a flat ground, never to be mistaken for a photo of anyone.
//!
//! A seed chooses build, hair, clothes and colours independently of each other and of the name, so that nothing is said
//! about anybody. The same seed gives the same bytes.

use super::canvas::{Canvas, hsl};
use fastrand::Rng;
use tiny_skia::Color;

/// The vertical line through the face.
const MIDDLE: f32 = 180.0;
/// How far the head, drawn by itself, is set down onto the neck.
const HEAD_DOWN: f32 = 14.0;

/// The portrait of this seed as a PNG of 240 × 320 pixels.
pub fn draw(seed: u64) -> Vec<u8> {
    let sitter = Sitter::invent(&mut Rng::with_seed(seed));
    let mut canvas = Canvas::new(sitter.ground);
    sitter.draw(&mut canvas);
    canvas.into_png()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hair {
    Cropped,
    Parted,
    Swept,
    Bob,
    Long,
    Bun,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Clothes {
    Jacket,
    Shirt,
    /// The upright collar of an áo dài.
    StandCollar,
    RoundNeck,
}

/// Who sits: every choice that a seed makes.
struct Sitter {
    ground: Color,
    disc: Color,
    skin: Color,
    skin_shade: Color,
    hair_colour: Color,
    cloth: Color,
    cloth_shade: Color,
    hair: Hair,
    clothes: Clothes,
    glasses: bool,
    /// Half the width of the face.
    face: f32,
    /// Where the chin is.
    chin: f32,
    /// How far the shoulders reach from the middle.
    shoulder: f32,
    /// How much the mouth smiles.
    smile: f32,
    /// The part of the hair is on the left of the picture.
    parted_left: bool,
}

impl Sitter {
    fn invent(rng: &mut Rng) -> Self {
        let mut within = |from: f32, to: f32| from + (to - from) * rng.f32();
        let ground_hue = within(0.0, 360.0);
        let cloth_hue = ground_hue + within(90.0, 270.0);
        let cloth_light = within(0.26, 0.44);
        let (skin_hue, skin_light) = (within(20.0, 30.0), within(0.62, 0.80));
        let grey = within(0.0, 1.0) < 0.15;
        let (face, chin) = (within(66.0, 76.0), within(292.0, 306.0));
        let (shoulder, smile) = (within(122.0, 150.0), within(5.0, 11.0));
        let hair_colour =
            if grey { hsl(210.0, 0.05, within(0.55, 0.70)) } else { hsl(within(15.0, 35.0), 0.25, within(0.11, 0.20)) };
        let hairs = [Hair::Cropped, Hair::Parted, Hair::Swept, Hair::Bob, Hair::Long, Hair::Bun];
        let clothes = [Clothes::Jacket, Clothes::Shirt, Clothes::StandCollar, Clothes::RoundNeck];
        Self {
            ground: hsl(ground_hue, 0.38, 0.82),
            disc: hsl(ground_hue, 0.45, 0.90),
            skin: hsl(skin_hue, 0.52, skin_light),
            skin_shade: hsl(skin_hue - 3.0, 0.46, skin_light - 0.09),
            hair_colour,
            cloth: hsl(cloth_hue, 0.36, cloth_light),
            cloth_shade: hsl(cloth_hue, 0.38, cloth_light - 0.08),
            hair: rng.choice(hairs).unwrap_or(Hair::Cropped),
            clothes: rng.choice(clothes).unwrap_or(Clothes::Shirt),
            glasses: rng.u32(..4) == 0,
            face,
            chin,
            shoulder,
            smile,
            parted_left: rng.bool(),
        }
    }

    /// From the back to the front.
    fn draw(&self, canvas: &mut Canvas) {
        canvas.oval(MIDDLE, 230.0, 158.0, 158.0, self.disc);
        canvas.down = HEAD_DOWN;
        self.hair_behind(canvas);
        canvas.down = 0.0;
        self.body(canvas);
        canvas.down = HEAD_DOWN;
        self.head(canvas);
        self.hair_in_front(canvas);
        self.features(canvas);
    }

    fn hair_behind(&self, canvas: &mut Canvas) {
        let (left, right) = (MIDDLE - self.face - 20.0, MIDDLE + self.face + 20.0);
        let falls_to = match self.hair {
            Hair::Cropped | Hair::Parted | Hair::Swept => return,
            Hair::Bun => return canvas.oval(MIDDLE, 96.0, 36.0, 32.0, self.hair_colour),
            Hair::Bob => 310.0,
            Hair::Long => 400.0,
        };
        canvas.fill(self.hair_colour, |path| {
            path.move_to(left, 210.0);
            path.cubic_to(left, 78.0, right, 78.0, right, 210.0);
            path.cubic_to(right + 4.0, 260.0, right + 2.0, falls_to - 30.0, right - 4.0, falls_to - 14.0);
            path.quad_to(MIDDLE, falls_to + 14.0, left + 4.0, falls_to - 14.0);
            path.cubic_to(left - 2.0, falls_to - 30.0, left - 4.0, 260.0, left, 210.0);
        });
    }

    fn body(&self, canvas: &mut Canvas) {
        let bottom = 480.0;
        canvas.fill(self.cloth, |path| {
            path.move_to(MIDDLE - self.shoulder - 8.0, bottom);
            path.cubic_to(MIDDLE - self.shoulder, 392.0, MIDDLE - 90.0, 380.0, MIDDLE - 40.0, 354.0);
            path.line_to(MIDDLE + 40.0, 354.0);
            path.cubic_to(MIDDLE + 90.0, 380.0, MIDDLE + self.shoulder, 392.0, MIDDLE + self.shoulder + 8.0, bottom);
        });
        match self.clothes {
            Clothes::Jacket => self.jacket(canvas),
            Clothes::Shirt => self.shirt(canvas),
            Clothes::StandCollar => self.stand_collar(canvas),
            Clothes::RoundNeck => {
                canvas.oval(MIDDLE, 352.0, 52.0, 34.0, self.cloth_shade);
                self.neck(canvas, 44.0, 378.0);
            }
        }
    }

    /// The neck, from under the head down to a rounded end.
    fn neck(&self, canvas: &mut Canvas, half_width: f32, down_to: f32) {
        let throat = 30.0;
        canvas.fill(self.skin_shade, |path| {
            path.move_to(MIDDLE - throat, 262.0);
            path.line_to(MIDDLE - throat, 334.0);
            path.quad_to(MIDDLE - throat - 2.0, 348.0, MIDDLE - half_width, 354.0);
            path.quad_to(MIDDLE, 2.0 * down_to - 354.0, MIDDLE + half_width, 354.0);
            path.quad_to(MIDDLE + throat + 2.0, 348.0, MIDDLE + throat, 334.0);
            path.line_to(MIDDLE + throat, 262.0);
        });
    }

    fn jacket(&self, canvas: &mut Canvas) {
        canvas.fill(hsl(40.0, 0.2, 0.96), |path| {
            path.move_to(MIDDLE - 42.0, 352.0);
            path.line_to(MIDDLE + 42.0, 352.0);
            path.line_to(MIDDLE, 470.0);
        });
        self.neck(canvas, 36.0, 372.0);
        for side in [-1.0, 1.0] {
            canvas.fill(self.cloth_shade, |path| {
                path.move_to(MIDDLE + side * 38.0, 346.0);
                path.line_to(MIDDLE + side * 76.0, 374.0);
                path.line_to(MIDDLE + side * 64.0, 410.0);
                path.line_to(MIDDLE + side * 50.0, 408.0);
                path.line_to(MIDDLE, 480.0);
            });
            canvas.fill(Color::WHITE, |path| {
                path.move_to(MIDDLE + side * 36.0, 342.0);
                path.line_to(MIDDLE + side * 44.0, 366.0);
                path.line_to(MIDDLE + side * 22.0, 392.0);
                path.line_to(MIDDLE, 374.0);
            });
        }
    }

    fn shirt(&self, canvas: &mut Canvas) {
        self.neck(canvas, 36.0, 374.0);
        for side in [-1.0, 1.0] {
            canvas.fill(self.cloth_shade, |path| {
                path.move_to(MIDDLE + side * 36.0, 340.0);
                path.line_to(MIDDLE + side * 50.0, 368.0);
                path.line_to(MIDDLE + side * 26.0, 398.0);
                path.line_to(MIDDLE, 374.0);
            });
        }
        canvas.line(self.cloth_shade, 3.0, |path| {
            path.move_to(MIDDLE, 380.0);
            path.line_to(MIDDLE, 480.0);
        });
        for y in [412.0, 448.0] {
            canvas.oval(MIDDLE + 9.0, y, 3.5, 3.5, self.cloth_shade);
        }
    }

    fn stand_collar(&self, canvas: &mut Canvas) {
        self.neck(canvas, 32.0, 360.0);
        canvas.fill(self.cloth_shade, |path| {
            path.move_to(MIDDLE - 33.0, 326.0);
            path.quad_to(MIDDLE, 350.0, MIDDLE + 33.0, 326.0);
            path.line_to(MIDDLE + 42.0, 358.0);
            path.quad_to(MIDDLE, 384.0, MIDDLE - 42.0, 358.0);
        });
        canvas.line(self.cloth_shade, 3.0, |path| {
            path.move_to(MIDDLE + 20.0, 366.0);
            path.quad_to(MIDDLE + 52.0, 400.0, MIDDLE + 92.0, 400.0);
        });
    }

    fn head(&self, canvas: &mut Canvas) {
        let (left, right) = (MIDDLE - self.face, MIDDLE + self.face);
        if !matches!(self.hair, Hair::Bob | Hair::Long) {
            canvas.oval(left + 1.0, 218.0, 11.0, 19.0, self.skin_shade);
            canvas.oval(right - 1.0, 218.0, 11.0, 19.0, self.skin_shade);
        }
        canvas.fill(self.skin, |path| {
            path.move_to(left, 200.0);
            path.cubic_to(left, 104.0, right, 104.0, right, 200.0);
            path.cubic_to(right, 252.0, MIDDLE + 40.0, self.chin, MIDDLE, self.chin);
            path.cubic_to(MIDDLE - 40.0, self.chin, left, 252.0, left, 200.0);
        });
    }

    fn hair_in_front(&self, canvas: &mut Canvas) {
        let side = if self.parted_left { 1.0 } else { -1.0 };
        let (near, far) = (MIDDLE - side * (self.face + 6.0), MIDDLE + side * (self.face + 6.0));
        let inner = self.face - 6.0;
        // How low the hair comes at the temples, how high it stands, and where it parts: how far aside and how high.
        let (temple, crown, part, fringe) = match self.hair {
            Hair::Cropped => (198.0, 96.0, 0.0, 152.0),
            Hair::Parted => (206.0, 84.0, 0.45, 140.0),
            Hair::Swept => (204.0, 74.0, 0.75, 142.0),
            Hair::Bob => (236.0, 84.0, 0.2, 140.0),
            Hair::Long => (232.0, 84.0, 0.0, 138.0),
            Hair::Bun => (208.0, 92.0, 0.0, 140.0),
        };
        canvas.fill(self.hair_colour, |path| {
            path.move_to(near, temple);
            path.cubic_to(near - side * 6.0, crown, far + side * 6.0, crown, far, temple);
            // The hair lies on the temples, so that no ground shows between it and the face.
            path.line_to(MIDDLE + side * (self.face - 3.0), temple);
            path.quad_to(MIDDLE + side * (self.face - 3.0), 190.0, MIDDLE + side * inner, 184.0);
            let x = MIDDLE - side * inner * part;
            path.quad_to(MIDDLE + side * inner * 0.75, fringe + 16.0, x, fringe);
            path.quad_to(MIDDLE - side * inner * 0.9, fringe + 16.0, MIDDLE - side * inner, 184.0);
            path.quad_to(MIDDLE - side * (self.face - 3.0), 190.0, MIDDLE - side * (self.face - 3.0), temple);
        });
    }

    fn features(&self, canvas: &mut Canvas) {
        let ink = hsl(20.0, 0.3, 0.18);
        for side in [-1.0, 1.0] {
            let x = MIDDLE + side * self.face * 0.44;
            canvas.oval(x, 215.0, 6.0, 6.5, ink);
            canvas.line(self.hair_colour, 4.5, |path| {
                path.move_to(x - 14.0, 194.0);
                path.quad_to(x, 186.0, x + 14.0, 194.0);
            });
            if self.glasses {
                canvas.line(ink, 3.5, |path| {
                    path.push_circle(x, 216.0, 23.0);
                    path.move_to(MIDDLE + side * (self.face * 0.44 - 23.0), 214.0);
                    path.line_to(MIDDLE, 211.0);
                    path.move_to(x + side * 23.0, 212.0);
                    path.line_to(MIDDLE + side * self.face, 208.0);
                });
            }
        }
        canvas.line(self.skin_shade, 4.5, |path| {
            path.move_to(MIDDLE + 2.0, 222.0);
            path.quad_to(MIDDLE + 10.0, 243.0, MIDDLE - 2.0, 244.0);
        });
        canvas.line(hsl(6.0, 0.42, 0.45), 4.5, |path| {
            path.move_to(MIDDLE - 20.0, 264.0);
            path.quad_to(MIDDLE, 264.0 + 2.0 * self.smile, MIDDLE + 20.0, 264.0);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::portrait::Portrait;
    use std::collections::HashSet;

    #[test]
    fn a_seed_always_gives_the_same_portrait() {
        assert_eq!(draw(7), draw(7));
    }

    #[test]
    fn the_registry_takes_them_and_tells_them_apart() {
        let digests: HashSet<[u8; 8]> =
            (0..30).map(|seed| Portrait::read(&draw(seed)).expect("a portrait").digest).collect();
        assert_eq!(digests.len(), 30);
    }
}
