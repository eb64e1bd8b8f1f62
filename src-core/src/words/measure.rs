//! Sizes, durations and dates in words.

/// A size as people read it: `812 B`, `34 kB`, `1.2 MB`; powers of 1000.
#[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    for unit in ["kB", "MB", "GB"] {
        value /= 1000.0;
        if value < 9.95 {
            return format!("{value:.1} {unit}");
        }
        if value < 999.5 {
            return format!("{value:.0} {unit}");
        }
    }
    format!("{:.1} TB", value / 1000.0)
}

/// A duration as people read it: `12 ms`, `1.5 s`, `2 min 5 s`.
#[allow(clippy::cast_precision_loss, reason = "two digits are shown")]
pub fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        1000..60_000 => format!("{:.1} s", milliseconds as f64 / 1000.0),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1000),
    }
}

/// A date and time, UTC, from seconds since 1970; a number that is none, as a receipt of others may have, stays one.
pub fn date(seconds: i64) -> String {
    let date = jiff::Timestamp::from_second(seconds);
    date.map_or_else(|_| seconds.to_string(), |date| date.strftime("%Y-%m-%d %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_at_most_three_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (34_200, "34 kB"),
            (1_230_000, "1.2 MB"),
            (999_700, "1.0 MB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(size(5_000_000_000_000), "5.0 TB");
    }

    #[test]
    fn durations_use_the_unit_that_fits() {
        let cases = [(12, "12 ms"), (1500, "1.5 s"), (125_000, "2 min 5 s")];
        for (milliseconds, text) in cases {
            assert_eq!(duration(milliseconds), text);
        }
    }

    #[test]
    fn a_date_is_utc_and_a_number_that_is_none_stays_one() {
        assert_eq!(date(0), "1970-01-01 00:00");
        assert_eq!(date(951_827_696), "2000-02-29 12:34");
        assert_eq!(date(1_795_132_799), "2026-11-19 23:59");
        assert_eq!(date(i64::MAX), i64::MAX.to_string());
    }
}
