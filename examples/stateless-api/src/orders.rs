//! Orders that need no memory: the request carries all of it, and the same request gets the same
//! answer from every instance.

use aws_lc_rs::digest::{Context, SHA256};
use axum::Json;
use example_service::{JsonBody, Refusal, check_article};
use jwt_layer::{Claims, Guard, Permit, Requirement};
use serde::{Deserialize, Serialize};

/// The largest cart.
const MOST_ITEMS: usize = 100;

/// The largest total, in cents: what a JSON number holds exactly everywhere (RFC 8259 section 6).
const LARGEST_TOTAL: u64 = (1 << 53) - 1;

/// What a token has to grant.
pub(crate) struct WriteOrders;

impl Guard for WriteOrders {
    const REQUIREMENT: Requirement = Requirement::Scope("orders:write");
}

/// Who orders.
#[derive(Deserialize)]
pub(crate) struct Customer {
    iss: String,
    sub: String,
}

/// The body. Its payment is never logged, hashed or sent back, so it has no `Debug`.
#[derive(Deserialize)]
pub(crate) struct Order {
    cart_items: Vec<Item>,
    payment_info: Payment,
    /// Tells apart two orders of the same articles, which would have the same id otherwise.
    #[serde(default)]
    reference: String,
}

#[derive(Deserialize)]
struct Item {
    sku: String,
    quantity: u64,
    unit_price_cents: u64,
}

#[derive(Deserialize)]
#[serde(tag = "method", rename_all = "lowercase")]
enum Payment {
    Card { card_number: Option<String>, token: Option<String> },
    Invoice,
}

/// The answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Confirmation {
    order_id: String,
    customer: String,
    items: u64,
    total_cents: u64,
    payment: Paid,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Paid {
    status: &'static str,
    method: &'static str,
    amount_cents: u64,
}

/// `POST /orders`
pub(crate) async fn order(
    _: Permit<WriteOrders>,
    customer: Claims<Customer>,
    JsonBody(order): JsonBody<Order>,
) -> Result<Json<Confirmation>, Refusal> {
    confirm(&customer, &order).map(Json)
}

/// Everything is computed from who asks and what the request says.
fn confirm(customer: &Customer, order: &Order) -> Result<Confirmation, Refusal> {
    let total_cents = order.total_cents()?;
    let method = order.payment_info.check()?;
    Ok(Confirmation {
        order_id: order.id(customer),
        customer: customer.sub.clone(),
        items: order.cart_items.iter().map(|item| item.quantity).sum(),
        total_cents,
        payment: Paid { status: "accepted", method, amount_cents: total_cents },
    })
}

impl Order {
    fn total_cents(&self) -> Result<u64, Refusal> {
        if !(1..=MOST_ITEMS).contains(&self.cart_items.len()) {
            return Err(Refusal::unprocessable("invalid_cart", "a cart holds 1 to 100 items"));
        }
        self.cart_items.iter().try_for_each(Item::check)?;
        let mut prices = self.cart_items.iter().map(Item::price_cents);
        let total = prices.try_fold(0_u64, |total, price| total.checked_add(price?));
        total.filter(|total| *total <= LARGEST_TOTAL).ok_or_else(|| {
            Refusal::unprocessable("total_too_large", "the total is larger than any payment")
        })
    }

    /// The same for the same order, so that one that is sent twice can be told from two orders.
    /// Nothing of the payment is in it: a card number could be guessed from a hash.
    fn id(&self, customer: &Customer) -> String {
        let mut hash = Context::new(&SHA256);
        for text in [&customer.iss, &customer.sub, &self.reference] {
            add_text(&mut hash, text);
        }
        for item in &self.cart_items {
            add_text(&mut hash, &item.sku);
            hash.update(&item.quantity.to_be_bytes());
            hash.update(&item.unit_price_cents.to_be_bytes());
        }
        let hash = hash.finish();
        hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// With its length, so that no two lists of texts look the same.
fn add_text(hash: &mut Context, text: &str) {
    hash.update(text.len().to_string().as_bytes());
    hash.update(b":");
    hash.update(text.as_bytes());
}

impl Item {
    fn check(&self) -> Result<(), Refusal> {
        check_article(&self.sku, self.quantity)
    }

    fn price_cents(&self) -> Option<u64> {
        self.unit_price_cents.checked_mul(self.quantity)
    }
}

impl Payment {
    /// The method, if it could be charged.
    fn check(&self) -> Result<&'static str, Refusal> {
        match self {
            Self::Card { card_number: Some(number), token: None } if is_card(number) => Ok("card"),
            Self::Card { card_number: None, token: Some(token) } if !token.is_empty() => Ok("card"),
            Self::Invoice => Ok("invoice"),
            Self::Card { .. } => Err(Refusal::unprocessable(
                "invalid_payment",
                "a card has either a number of 12 to 19 digits or a token",
            )),
        }
    }
}

/// ISO/IEC 7812: 12 to 19 digits, the last of which is the check digit of Luhn's formula.
fn is_card(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|digit| digit.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else {
        return false;
    };
    let every_second = digits.iter().rev().enumerate().map(|(index, digit)| match index % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    });
    every_second.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn item(quantity: u64, unit_price_cents: u64) -> Value {
        json!({ "sku": "tea", "quantity": quantity, "unit_price_cents": unit_price_cents })
    }

    fn body(items: Vec<Value>) -> Value {
        let payment = json!({ "method": "card", "card_number": "4111111111111111" });
        json!({ "cart_items": items, "payment_info": payment })
    }

    fn try_order(body: Value) -> Result<Confirmation, Refusal> {
        let customer = Customer { iss: "https://a.example".to_owned(), sub: "alice".to_owned() };
        confirm(&customer, &serde_json::from_value(body).unwrap())
    }

    fn id(body: Value) -> String {
        try_order(body).unwrap().order_id
    }

    #[track_caller]
    fn refused(body: Value, code: &'static str, detail: &'static str) {
        assert_eq!(try_order(body), Err(Refusal::unprocessable(code, detail)));
    }

    #[track_caller]
    fn payment_is_refused(payment: Value) {
        let mut body = body(vec![item(1, 1)]);
        body["payment_info"] = payment;
        let detail = "a card has either a number of 12 to 19 digits or a token";
        refused(body, "invalid_payment", detail);
    }

    #[test]
    fn the_total_is_the_sum_of_prices_by_quantities() {
        let confirmation = try_order(body(vec![item(2, 450), item(3, 5)])).unwrap();
        assert_eq!(confirmation.total_cents, 915);
        assert_eq!(confirmation.items, 5);
        assert_eq!(confirmation.customer, "alice");
    }

    #[test]
    fn the_same_order_has_the_same_id() {
        assert_eq!(id(body(vec![item(2, 450)])), id(body(vec![item(2, 450)])));
    }

    #[test]
    fn another_order_has_another_id() {
        let one = id(body(vec![item(2, 450)]));
        let mut other = body(vec![item(2, 450)]);
        other["reference"] = json!("once more");
        assert_ne!(one, id(other));
        assert_ne!(one, id(body(vec![item(2, 451)])));
    }

    #[test]
    fn a_card_number_is_not_in_the_id() {
        let mut other = body(vec![item(2, 450)]);
        other["payment_info"] = json!({ "method": "invoice" });
        assert_eq!(id(body(vec![item(2, 450)])), id(other));
    }

    #[test]
    fn a_quantity_of_none_or_too_many_is_refused() {
        for quantity in [0, 10_001, u64::MAX] {
            let detail = "a quantity is a whole number from 1 to 10000";
            refused(body(vec![item(quantity, 1)]), "invalid_quantity", detail);
        }
    }

    #[test]
    fn a_total_that_overflows_is_refused() {
        let detail = "the total is larger than any payment";
        for items in [
            vec![item(2, u64::MAX)],
            vec![item(1, u64::MAX), item(1, 1)],
            vec![item(1, LARGEST_TOTAL), item(1, 1)],
        ] {
            refused(body(items), "total_too_large", detail);
        }
        assert!(try_order(body(vec![item(1, LARGEST_TOTAL)])).is_ok());
    }

    #[test]
    fn an_empty_cart_and_an_overfull_one_are_refused() {
        for items in [vec![], vec![item(1, 1); 101]] {
            refused(body(items), "invalid_cart", "a cart holds 1 to 100 items");
        }
    }

    #[test]
    fn a_sku_with_a_line_end_is_refused() {
        let mut item = item(1, 1);
        item["sku"] = json!("a\nb");
        let detail = "a sku has 1 to 64 visible ASCII characters";
        refused(body(vec![item]), "invalid_sku", detail);
    }

    #[test]
    fn a_card_without_a_good_number_or_a_token_is_refused() {
        for number in ["4111111111111112", "4111", "4111 1111 1111 1111", &"0".repeat(20)] {
            payment_is_refused(json!({ "method": "card", "card_number": number }));
        }
        payment_is_refused(json!({ "method": "card" }));
        payment_is_refused(json!({ "method": "card", "token": "" }));
        let both = json!({ "method": "card", "token": "t", "card_number": "4111111111111111" });
        payment_is_refused(both);
    }
}
