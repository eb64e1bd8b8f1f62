//! The bill of materials of an artifact: `CycloneDX` 1.6 as JSON.

use serde_json::{Value, json};

use crate::event::{Component, Receipt};

/// The document for an artifact. The same receipt gives the same bytes: no serial number, no time but the receipt's.
pub(in crate::engine) fn cyclonedx(receipt: &Receipt) -> Value {
    let components: Vec<Value> = receipt.components.iter().map(component).collect();
    let name = receipt.artifact.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": { "components": [{ "type": "application", "name": "packwright", "version": receipt.packwright }] },
            "component": {
                "type": "application",
                "bom-ref": "artifact",
                "name": receipt.project,
                "version": receipt.version.clone().unwrap_or_default(),
                "hashes": [{ "alg": "SHA-256", "content": receipt.artifact.sha256 }],
                "properties": [{ "name": "packwright:file", "value": name }],
            },
        },
        "components": components,
        "dependencies": [{
            "ref": "artifact",
            "dependsOn": receipt.components.iter().map(purl).collect::<Vec<_>>(),
        }],
    })
}

fn component(component: &Component) -> Value {
    let mut value = json!({
        "type": "library",
        "bom-ref": purl(component),
        "name": component.name,
        "version": component.version,
        "purl": purl(component),
    });
    if let Some(sha256) = &component.sha256 {
        value["hashes"] = json!([{ "alg": "SHA-256", "content": sha256 }]);
    }
    if let Some(licence) = &component.licence {
        value["licenses"] = json!([{ "license": { "name": licence } }]);
    }
    if let Some(repository) = &component.repository {
        value["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    value
}

/// Package URL of a distribution, as the purl specification says for `pypi`.
fn purl(component: &Component) -> String {
    format!("pkg:pypi/{}@{}", component.name, component.version)
}
