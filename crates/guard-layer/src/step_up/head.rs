use auth_core::{Refused, Rejection, Renderer, RequestHead};
use http::Request;
use http::request::Parts;

use crate::guard::Visit;

/// What a renderer may want to know of the request when a handler has it refused.
pub(super) struct Head(Request<()>);

impl Head {
    pub(super) fn of(parts: &Parts) -> Self {
        let mut request = Request::new(());
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.headers_mut() = parts.headers.clone();
        Self(request)
    }

    pub(super) fn refuse(&self, rejection: Rejection, visit: &Visit) -> Refused {
        self.render(rejection, &visit.config.judge.renderer)
    }

    pub(super) fn render(&self, rejection: Rejection, renderer: &Renderer) -> Refused {
        renderer.refuse(rejection, &RequestHead::of_request(&self.0))
    }
}
