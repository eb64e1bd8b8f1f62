use super::*;
use crate::facts::Source;
use crate::facts::index::PUBLIC_HOSTS;
use crate::problem::Problem;

const NOBODY: Seeker = Seeker { chosen: &[], own: true, target: None };

fn index(name: &str, address: &str, role: IndexRole, packages: &[&str]) -> NamedIndex {
    let source = Source::line("pyproject.toml", 7);
    let tied = |name: &&str| Tied {
        name: (*name).into(),
        marker: None,
        only: None,
        source: Source::line("pyproject.toml", 9),
    };
    NamedIndex {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        address: Some(address.to_owned()).filter(|address| !address.is_empty()),
        role,
        packages: packages.iter().map(tied).collect(),
        only: None,
        source,
        beside: None,
    }
}

fn user(variables: &[(&str, &str)]) -> Indexes {
    Indexes::of_variables(variables)
}

fn told(error: ResolveError) -> String {
    format!("{:?}", Problem::from(error))
}

#[test]
fn an_index_of_the_user_is_taken_for_the_packages_that_are_tied_to_it_and_no_other() {
    let named = [index("priv", "https://a.test/simple/", IndexRole::Explicit, &["acme-auth"])];
    let indexes = user(&[("UV_INDEX", "own=https://me:s3cret@A.test:443/simple")]);
    let routes = Routes::of(&named, &indexes, NOBODY).unwrap();
    assert_eq!(routes.tied("acme-auth").unwrap().name.as_deref(), Some("own"));
    assert_eq!(routes.tied("six"), None);
    let (project, named) = routes.project(&["acme-auth>=1".to_owned()]);
    assert!(!project.contains("s3cret"), "{project}");
    let table: toml::Table = project.parse().unwrap();
    assert_eq!(table["tool"]["uv"]["index"][0]["url"].as_str(), Some("https://a.test/simple"));
    assert_eq!(table["tool"]["uv"]["index"][0]["explicit"].as_bool(), Some(true));
    assert_eq!(table["tool"]["uv"]["sources"]["acme-auth"]["index"].as_str(), Some(named[0].0.as_str()));
}

#[test]
fn an_index_that_the_user_does_not_know_is_refused_with_its_place_and_what_to_do() {
    let named = [index("priv", "https://me:s3cret@a.test/simple", IndexRole::Explicit, &["acme-auth"])];
    let routes = Routes::of(&named, &user(&[]), NOBODY).unwrap();
    let wanted = |text: &str| vec![text.to_owned()];
    let allow = |requirements: &Vec<String>| routes.allow(requirements, &Wanted::new("p", requirements), None);
    assert!(allow(&wanted("six")).is_ok() && allow(&wanted("acme-auth @ https://a.test/a.whl")).is_ok());
    let told = told(allow(&wanted("Acme_Auth[x]>=1")).unwrap_err());
    for words in ["`acme-auth` comes from the index `priv`", "pyproject.toml:9", "pyproject.toml:7", "UV_INDEX=priv="] {
        assert!(told.contains(words), "{words} {told}");
    }
    assert!(!told.contains("s3cret"), "{told}");
}

#[test]
fn an_index_for_any_package_is_refused_at_once() {
    for role in [IndexRole::Default, IndexRole::Extra, IndexRole::Files, IndexRole::None] {
        let address = if role == IndexRole::None { "" } else { "https://a.test/simple" };
        let named = [index("", address, role, &[])];
        let error = Routes::of(&named, &user(&[("UV_DEFAULT_INDEX", "https://b.test/simple")]), NOBODY).unwrap_err();
        assert!(told(error).contains("pyproject.toml:7"), "{role:?}");
    }
    assert!(Routes::of(&[index("", "", IndexRole::None, &[])], &user(&[("PIP_NO_INDEX", "1")]), NOBODY).is_ok());
}

#[test]
fn a_namesake_at_another_address_is_another_index() {
    let named = [index("priv", "https://a.test/simple", IndexRole::Extra, &[])];
    let error = Routes::of(&named, &user(&[("UV_INDEX", "priv=https://b.test/simple")]), NOBODY).unwrap_err();
    assert!(told(error).contains("at another address, `https://b.test/simple`"));
    let only_named = [index("priv", "", IndexRole::Explicit, &["a"])];
    let routes = Routes::of(&only_named, &user(&[("UV_INDEX", "PRIV=https://b.test/simple")]), NOBODY).unwrap();
    assert_eq!(routes.tied("a").unwrap().address, "https://b.test/simple");
}

#[test]
fn the_public_index_is_the_users_default_and_his_mirror_of_it() {
    let public = format!("https://{}/simple", PUBLIC_HOSTS[0]);
    for role in [IndexRole::Default, IndexRole::Extra, IndexRole::Locked] {
        let named = [index("pypi", &public, role, &["six"])];
        let routes = Routes::of(&named, &user(&[("PIP_INDEX_URL", "https://mirror.test/simple")]), NOBODY).unwrap();
        assert!(routes.tied("six").is_none() && routes.default.is_none(), "{role:?}");
    }
    let tied = [index("pypi", &public, IndexRole::Explicit, &["six"])];
    assert!(Routes::of(&tied, &user(&[]), NOBODY).unwrap().tied("six").is_none());
    let several = user(&[("PIP_INDEX_URL", "https://mirror.test/simple"), ("UV_INDEX", "https://b.test/simple")]);
    let routes = Routes::of(&tied, &several, NOBODY).unwrap();
    assert_eq!(routes.tied("six").unwrap().address, "https://mirror.test/simple");
}

#[test]
fn a_default_of_the_project_takes_the_place_of_the_users_except_for_its_build() {
    let named = [index("", "https://a.test/simple", IndexRole::Default, &[])];
    let indexes = user(&[("UV_INDEX", "own=https://a.test/simple")]);
    let default = |own: bool| Routes::of(&named, &indexes, Seeker { own, ..NOBODY }).unwrap().default;
    assert_eq!(default(true).unwrap().told(), "own=https://a.test/simple");
    assert_eq!(default(false), None);
}

#[test]
fn markers_groups_and_patterns_say_for_which_packages() {
    let mut grouped = index("", "https://a.test/simple", IndexRole::Extra, &[]);
    grouped.only = Some("dev".into());
    assert!(Routes::of(&[grouped.clone()], &user(&[]), NOBODY).is_ok());
    let chosen = ["dev".to_owned()];
    assert!(Routes::of(&[grouped], &user(&[]), Seeker { chosen: &chosen, ..NOBODY }).is_err());
    let pattern = [index("priv", "https://a.test/simple", IndexRole::Explicit, &["acme-*"])];
    let routes = Routes::of(&pattern, &user(&[("UV_INDEX", "https://a.test/simple")]), NOBODY).unwrap();
    assert!(routes.tied("acme-auth").is_some() && routes.tied("other").is_none());
    assert!(Routes::of(&pattern, &user(&[]), NOBODY).is_err(), "nobody knows what else fits");
    let hostile = [index("priv", "https://a.test/simple", IndexRole::Explicit, &["../../x"])];
    assert_eq!(Routes::of(&hostile, &user(&[]), NOBODY).unwrap().names().count(), 0);
}
