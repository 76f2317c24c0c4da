//! PallyCon's timestamps: `yyyy-mm-ddThh:mm:ssZ`, GMT, no milliseconds. The clock itself is passed in.

/// Milliseconds since 1970, or `None` where the text is not of the form.
#[inline(never)]
pub fn parse_timestamp(text: &str) -> Option<f64> {
    const FORM: &[u8] = b"0000-00-00T00:00:00Z";
    let mut numbers = [0; 6];
    let mut at = 0_usize;
    if text.len() != FORM.len() {
        return None;
    }
    for (byte, form) in text.bytes().zip(FORM) {
        if byte.is_ascii_digit() && *form == b'0' {
            let number: &mut u32 = numbers.get_mut(at)?;
            *number = number.wrapping_mul(10).wrapping_add(u32::from(byte & 15));
        } else if byte == *form {
            at = at.wrapping_add(1);
        } else {
            return None;
        }
    }
    let [year, month, day, hour, minute, second] = numbers;
    // 60: a leap second.
    if month.wrapping_sub(1) > 11 || day.wrapping_sub(1) >= days_in(year, month) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let of_day = hour.wrapping_mul(60).wrapping_add(minute).wrapping_mul(60).wrapping_add(second);
    Some((f64::from(days_since_1970(year, month, day)) * 86_400.0 + f64::from(of_day)) * 1000.0)
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days in the proleptic Gregorian calendar, with years counted from March so that the leap day comes last.
#[allow(clippy::arithmetic_side_effects, reason = "a year has four digits: nothing gets near an overflow")]
fn days_since_1970(year: u32, month: u32, day: u32) -> i32 {
    // Four centuries are 146 097 days. They are added for January of the year 0, which would belong to a year before
    // it.
    let year = if month < 3 { year + 399 } else { year + 400 };
    let before_month = ((month + 9) % 12 * 153 + 2) / 5;
    // 719 469 days lie between 0000-03-00 and 1970-01-01.
    let days = year * 365 + year / 4 - year / 100 + year / 400 + before_month + day;
    days as i32 - 146_097 - 719_469
}

/// A time in PallyCon's spelling, from seconds since 1970. `None` outside the years 0 to 9999.
#[cfg(feature = "server")]
pub fn format_timestamp(seconds: i64) -> Option<String> {
    let (day_number, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // 0000-03-01 to 9999-12-31: the range of a four-digit year, less two months that no token needs.
    if !(-719_468..=2_932_896).contains(&day_number) {
        return None;
    }
    let (year, month, day) = date(day_number);
    let two = |number: i64| {
        let digit = |number: i64| u32::try_from(number % 10).ok().and_then(|number| char::from_digit(number, 10)).unwrap_or('0');
        String::from_iter([digit(number / 10), digit(number)])
    };
    let date = [two(year / 100), two(year % 100), "-".into(), two(month), "-".into(), two(day)].concat();
    let time = [two(clock / 3600), two(clock / 60 % 60), two(clock % 60)].join(":");
    Some([&date, "T", &time, "Z"].concat())
}

/// The reverse of [`days_since_1970`], counted in eras of 400 years (146 097 days). Its caller's bounds keep every
/// value far from overflow.
#[cfg(feature = "server")]
#[allow(clippy::arithmetic_side_effects)]
fn date(day_number: i64) -> (i64, i64, i64) {
    let from_march_0000 = day_number + 719_468;
    let (era, day_of_era) = (from_march_0000.div_euclid(146_097), from_march_0000.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day_of_year - (153 * month_from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2019-07-17T08:57:04Z", 1_563_353_824),
            ("2100-03-01T00:00:00Z", 4_107_542_400_u64),
            ("1969-12-31T23:59:59Z", 0),
        ] {
            let expected = if text.starts_with("1969") { -1000.0 } else { seconds as f64 * 1000.0 };
            assert_eq!(parse_timestamp(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "2019-07-17T08:57:04",
            "2019-07-17T08:57:04.000Z",
            "2019-07-17 08:57:04Z",
            "2019-13-01T00:00:00Z",
            "2019-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2019-00-01T00:00:00Z",
            "2019-01-00T00:00:00Z",
            "2019-01-01T24:00:00Z",
            "2019-01-01T00:60:00Z",
            "20x9-01-01T00:00:00Z",
            "2019-07-17T08:57:04+09:00",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[cfg(feature = "server")]
    #[test]
    fn every_day_of_four_centuries_round_trips() {
        for day in -25_567..120_529_i64 {
            let text = format_timestamp(day * 86_400 + 86_399).unwrap();
            assert_eq!(parse_timestamp(&text), Some((day * 86_400 + 86_399) as f64 * 1000.0), "{text}");
        }
        assert_eq!(format_timestamp(1_563_353_824).as_deref(), Some("2019-07-17T08:57:04Z"));
        assert_eq!(format_timestamp(253_402_300_799).as_deref(), Some("9999-12-31T23:59:59Z"));
        for seconds in [253_402_300_800, i64::MAX, i64::MIN] {
            assert_eq!(format_timestamp(seconds), None);
        }
    }
}
