//! Where packages come from: what the user told pip and `uv`, certificates, logins, and fetching by hash; and asking services.
//!
//! Reading order, each using only those before it: [`apt`], [`apt_proxies`], [`user`], [`configuration`], [`uv_file`], [`pip`], [`certificates`],
//! [`known`], [`indexes`], [`logins`], [`fetch`], [`ask`].

pub(super) mod apt;
pub(super) mod apt_proxies;
pub(super) mod ask;
pub(super) mod certificates;
pub(super) mod configuration;
pub(super) mod fetch;
pub(super) mod indexes;
pub(super) mod known;
pub(super) mod logins;
pub(super) mod pip;
pub(super) mod user;
pub(super) mod uv_file;
