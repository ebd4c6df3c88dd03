use example_service::test_util::get;

use crate::program::start;
use crate::start::fill_cart;

#[test]
fn operators_are_served_at_an_address_of_their_own() {
    let mut program = start(&["--admin-listen", "127.0.0.1:0"]);
    let admin = program.admin();
    fill_cart(&program);
    let figures = get(admin, "/metrics").body;
    for figure in ["session_created_total 1\n", "shop_incidents_lost_total 0\n"] {
        assert!(figures.contains(figure), "{figure} is not in {figures}");
    }
    assert_eq!(get(program.address, "/metrics").status, 404);
    assert_eq!(get(admin, "/cart").status, 404);
    assert_eq!(get(admin, "/console/overview").status, 401);
    assert_eq!(get(program.address, "/console/overview").status, 404);
}

#[test]
fn without_the_option_there_are_no_figures() {
    let program = start(&[]);
    assert_eq!(get(program.address, "/metrics").status, 404);
}
