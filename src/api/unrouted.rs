//! What answers where no operation does: 404, or 405 where the address has other methods.

use super::State;
use crate::error::Error;
use actix_web::dev::ResourceDef;
use actix_web::http::header::ALLOW;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::path::{PathItem, Paths};

/// Every address and its methods.
pub(super) struct Addresses(Vec<(ResourceDef, Vec<&'static str>)>);

impl Addresses {
    /// From the documented ones and the pages.
    pub(super) fn new(paths: &Paths, pages: &[(&'static str, &[&'static str])]) -> Self {
        let documented = paths.paths.iter().map(|(path, item)| (path.as_str(), methods(item)));
        let pages = pages.iter().map(|(path, methods)| (*path, methods.to_vec()));
        Self(documented.chain(pages).map(|(path, methods)| (ResourceDef::new(path), methods)).collect())
    }

    /// The methods of an address, as in `Allow`; `None` where there is no such address.
    fn allowed(&self, path: &str) -> Option<String> {
        let mut methods: Vec<_> =
            self.0.iter().filter(|(known, _)| known.is_match(path)).flat_map(|(_, m)| m).copied().collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        (!methods.is_empty()).then(|| methods.join(", "))
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    let each = [
        (&item.get, "GET"),
        (&item.post, "POST"),
        (&item.put, "PUT"),
        (&item.patch, "PATCH"),
        (&item.delete, "DELETE"),
    ];
    each.into_iter().filter(|(operation, _)| operation.is_some()).map(|(_, method)| method).collect()
}

/// Answers what no operation does.
pub(super) async fn not_here(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match state.addresses.allowed(request.path()) {
        Some(allowed) => {
            let mut response = HttpResponse::from_error(Error::MethodNotAllowed);
            if let Ok(allowed) = allowed.parse() {
                response.headers_mut().insert(ALLOW, allowed);
            }
            response
        }
        None => HttpResponse::from_error(Error::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_missing_one_by_its_methods() {
        let addresses = Addresses::new(&Paths::new(), &[("/a/{id}", &["GET", "PATCH"]), ("/b", &["POST"])]);
        assert_eq!(addresses.allowed("/a/1").as_deref(), Some("GET, PATCH, HEAD"));
        assert_eq!(addresses.allowed("/b").as_deref(), Some("POST"));
        assert_eq!(addresses.allowed("/a"), None);
        assert_eq!(addresses.allowed("/a/1/2"), None);
    }
}
