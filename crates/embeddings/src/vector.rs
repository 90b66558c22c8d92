//! A direction, in one byte a dimension.

/// The direction of a text. Only directions are compared, so its length is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector(Vec<i8>);

/// What the longest part of a direction becomes.
const FULL: f32 = 127.0;

impl Vector {
    /// Rounds `values` to bytes; nothing when they have no direction or are no numbers.
    pub fn new(values: &[f32]) -> Option<Self> {
        let longest = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        let sound = values.iter().all(|value| value.is_finite()) && longest > 1e-12;
        sound.then(|| Self(values.iter().map(|value| (value / longest * FULL).round() as i8).collect()))
    }

    /// As it was kept.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| byte.cast_signed()).collect())
    }

    /// To be kept: one byte a dimension.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().map(|part| part.cast_unsigned()).collect()
    }

    /// How many dimensions it has.
    pub fn dims(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn parts(&self) -> &[i8] {
        &self.0
    }

    /// The cosine of the angle between two, −1 to 1; 0 when they are of different models.
    pub fn cosine(&self, other: &Self) -> f32 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        let dot =
            |a: &[i8], b: &[i8]| -> i32 { a.iter().zip(b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum() };
        let lengths = (dot(&self.0, &self.0) as f32).sqrt() * (dot(&other.0, &other.0) as f32).sqrt();
        if lengths > 0.0 { (dot(&self.0, &other.0) as f32 / lengths).clamp(-1.0, 1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_survives_rounding() {
        let values: Vec<f32> = (0..384).map(|n| ((n * 37 % 101) as f32 - 50.0) / 700.0).collect();
        let other: Vec<f32> = values.iter().enumerate().map(|(n, v)| v + (n % 7) as f32 / 90.0).collect();
        let exact = values.iter().zip(&other).map(|(a, b)| a * b).sum::<f32>()
            / values.iter().map(|a| a * a).sum::<f32>().sqrt()
            / other.iter().map(|a| a * a).sum::<f32>().sqrt();
        let (a, b) = (Vector::new(&values).unwrap(), Vector::new(&other).unwrap());
        assert!((a.cosine(&b) - exact).abs() < 0.005, "{} {exact}", a.cosine(&b));
        assert!((a.cosine(&a) - 1.0).abs() < 1e-6);
        assert_eq!(Vector::from_bytes(&a.to_bytes()), a);
    }

    #[test]
    fn what_has_no_direction_is_no_vector() {
        for values in [&[0.0, 0.0][..], &[], &[f32::NAN, 1.0], &[f32::INFINITY, 1.0]] {
            assert_eq!(Vector::new(values), None, "{values:?}");
        }
        let (two, three) = (Vector::new(&[1.0, 0.0]).unwrap(), Vector::new(&[1.0, 0.0, 0.0]).unwrap());
        assert_eq!(two.cosine(&three), 0.0);
    }
}
