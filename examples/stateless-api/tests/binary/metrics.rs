use example_service::test_util::get;

use crate::exchange::{get_with, token};
use crate::program::start;

#[test]
fn operators_are_served_at_an_address_of_their_own() {
    let mut program = start(&["--admin-listen", "127.0.0.1:0"]);
    let (admin, demo) = (program.admin(), program.demo());
    let token = token(program.address, &demo);
    for _ in 0..3 {
        assert_eq!(get_with(program.address, "/me", &token).status, 200);
    }
    get_with(program.address, "/me", "no.good.token");
    let figures = get(admin, "/metrics").body;
    let expected = [
        "jwt_verified_total{cached=\"false\"} 1\n",
        "jwt_verified_total{cached=\"true\"} 2\n",
        "jwt_refused_total{kind=\"malformed_token\"} 1\n",
    ];
    for line in expected {
        assert!(figures.contains(line), "{figures}");
    }
    assert_eq!(get(program.address, "/metrics").status, 404);
}
