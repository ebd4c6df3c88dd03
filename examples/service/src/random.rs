/// 128 random bits as 32 hexadecimal digits; none if the system gives no randomness.
pub(crate) fn hex() -> Option<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(bytes)))
}
