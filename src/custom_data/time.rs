//! PallyCon's timestamps: `yyyy-mm-ddThh:mm:ssZ`, GMT, no milliseconds. The clock itself is passed in.

/// Milliseconds since 1970, or `None` where the text is not of the form.
pub fn parse_timestamp(text: &str) -> Option<f64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] = text.as_bytes() else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i64, |sum, digit| {
            let digit = char::from(*digit).to_digit(10)?;
            sum.checked_mul(10)?.checked_add(i64::from(digit))
        })
    };
    let (year, month, day) = (number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?);
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*n1, *n2])?, number(&[*s1, *s2])?);
    // 60: a leap second.
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days_since_1970(year, month, day)?.checked_mul(86_400)?;
    let of_day = hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    Some(seconds.checked_add(of_day)?.checked_mul(1000)? as f64)
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days in the proleptic Gregorian calendar, with years counted from March so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let year = if month < 3 { year.checked_sub(1)? } else { year };
    let month_from_march = month.checked_add(9)? % 12;
    let before_month = month_from_march.checked_mul(153)?.checked_add(2)? / 5;
    let leap_days = (year / 4).checked_sub(year / 100)?.checked_add(year / 400)?;
    // 719 469 days lie between 0000-03-00 and 1970-01-01.
    year.checked_mul(365)?.checked_add(leap_days)?.checked_add(before_month)?.checked_add(day)?.checked_sub(719_469)
}

/// A time in PallyCon's spelling, from seconds since 1970. `None` outside the years 0 to 9999.
#[cfg(feature = "server")]
pub fn format_timestamp(seconds: i64) -> Option<String> {
    let (day_number, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // 0000-03-01 to 9999-12-31: what four digits of a year hold, less two months that nobody needs.
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
    fn every_day_of_four_centuries_goes_both_ways() {
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
