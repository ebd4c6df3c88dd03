use crate::Refusal;

/// The most of one article.
const MOST_OF_ONE: u64 = 10_000;

/// Checks what a customer says of an article: its number and how many of it.
///
/// # Errors
/// A 422 for a quantity that is not 1 to 10000, and for a number (sku) that is not 1 to 64 visible
/// ASCII characters.
pub fn check_article(sku: &str, quantity: u64) -> Result<(), Refusal> {
    if !(1..=MOST_OF_ONE).contains(&quantity) {
        let detail = "a quantity is a whole number from 1 to 10000";
        return Err(Refusal::unprocessable("invalid_quantity", detail));
    }
    let visible = |byte: u8| byte.is_ascii_graphic();
    if !(1..=64).contains(&sku.len()) || !sku.bytes().all(visible) {
        let detail = "a sku has 1 to 64 visible ASCII characters";
        return Err(Refusal::unprocessable("invalid_sku", detail));
    }
    Ok(())
}
