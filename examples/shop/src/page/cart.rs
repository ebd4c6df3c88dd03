use maud::html;

use super::Page;
use crate::cart::Cart;

/// What is in the cart, and a form to add to it.
pub(crate) fn cart(cart: &Cart) -> Page {
    let content = html! {
        table {
            tr { th { "Article" } th { "Quantity" } }
            @for (sku, quantity) in cart.items() {
                tr { td { (sku) } td.number { (quantity) } }
            }
        }
        @if cart.items().next().is_none() {
            p { "There is nothing in your cart." }
        }
        form method="post" action="/cart/items" {
            label { "Article" input name="sku" value="tea" maxlength="64" required; }
            label {
                "Quantity"
                input name="quantity" type="number" value="1" min="1" max="10000" required;
            }
            button { "Add" }
        }
    };
    Page::new("Cart", content)
}
