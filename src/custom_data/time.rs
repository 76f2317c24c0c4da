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
}
