use std::fmt;

use example_service::Welcome;

use crate::Options;

/// Where the sessions are, a page to open, and lines for a shell, to paste and see what happens.
pub(crate) struct ToTry<'a> {
    pub(crate) welcome: &'a Welcome<'a>,
    pub(crate) options: &'a Options,
}

impl fmt::Display for ToTry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (url, (name, password)) = (self.welcome.url(), self.welcome.login());
        let store = &self.options.store;
        writeln!(f, "sessions are kept in {store}")?;
        write!(
            f,
            r#"
# open in a browser
{url}/login

# fill a cart as a guest, log in, and see it is still there
jar=$(mktemp)
curl -i -b "$jar" -c "$jar" {url}/cart/items -H 'content-type: application/json' -d '{{"sku":"tea","quantity":2}}'
curl -i -b "$jar" -c "$jar" {url}/login -H 'content-type: application/json' -d '{{"username":"{name}","password":"{password}"}}'
curl -i -b "$jar" -c "$jar" {url}/cart -H 'accept: application/json'

"#
        )
    }
}
