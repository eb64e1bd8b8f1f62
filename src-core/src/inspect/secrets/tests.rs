use super::*;

/// Letters and digits that no pattern takes for a placeholder.
fn expanded(sample: &str) -> String {
    const ALL: &[u8] = b"q7Zt3kL9vX2mP8wR4sB6nJ5dF1hG0cYa";
    let pattern = regex::Regex::new(r"\{(\d+)(?: (hex|digits|upper))?\}").unwrap();
    let text = pattern.replace_all(sample, |found: &regex::Captures| {
        let count: usize = found[1].parse().unwrap();
        let of: Vec<u8> = match found.get(2).map(|kind| kind.as_str()) {
            Some("hex") => b"9f8e1d7c2b6a3054".to_vec(),
            Some("digits") => b"8412907365".to_vec(),
            Some("upper") => b"Q7ZT3KL9VX2MP8WR".to_vec(),
            _ => ALL.to_vec(),
        };
        of.iter().cycle().take(count).map(|byte| char::from(*byte)).collect::<String>()
    });
    text.into_owned()
}

fn told(path: &str, text: &str) -> Vec<(&'static str, usize, Sure)> {
    search(path, text.as_bytes()).into_iter().map(|found| (found.what, found.line, found.sure)).collect()
}

#[test]
fn every_form_finds_its_sample_with_its_line_and_not_a_part_of_another_word() {
    for (form, _) in &Forms::get().known {
        let sample = expanded(&form.sample);
        let found = told("notes.md", &format!("first\nit is {sample} there\n"));
        assert!(found.iter().any(|(what, line, _)| *what == form.name && *line >= 2), "{}: {found:?}", form.id);
        if !form.inside && !sample.contains("://") && !sample.contains('=') && !sample.ends_with('\n') {
            let part = told("notes.md", &format!("abc{sample}"));
            assert!(part.iter().all(|(what, ..)| *what != form.name), "{}: {part:?}", form.id);
        }
    }
}

#[test]
fn a_key_inside_json_and_one_in_a_notebooks_output_are_found() {
    let key =
        expanded(r#"{"private_key": "-----BEGIN PRIVATE KEY-----\\n{64}\\n{64}\\n-----END PRIVATE KEY-----\\n"}"#)
            .replace("\\\\n", "\\n");
    assert_eq!(told("data/robot.json", &key).first().map(|found| found.0), Some("a private key"));
    let notebook = expanded("{\"outputs\": [{\"text\": [\"token: ghp_{36}\\n\"]}]}");
    assert_eq!(told("a.ipynb", &notebook).first().map(|found| found.0), Some("a GitHub token"));
}

#[test]
fn public_certificates_hashes_and_public_keys_are_no_secrets() {
    let certificate = expanded("-----BEGIN CERTIFICATE-----\n{64}\n{64}\n-----END CERTIFICATE-----\n");
    assert_eq!(told("cacert.pem", &certificate), []);
    assert_eq!(told("uv.lock", &expanded("hash = \"sha256:{64 hex}\"\ntoken = \"{40 hex}\"\n")), []);
    assert_eq!(told("id.pub", &expanded("ssh-ed25519 {68} me@here")), []);
    assert_eq!(told("a.py", "HEADER = '-----BEGIN PRIVATE KEY-----'\nif HEADER in text: pass\n"), []);
}

#[test]
fn placeholders_are_no_secrets() {
    for text in [
        "TOKEN = 'your-token-here'",
        "token = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"",
        "API_KEY = 'changeme-changeme-123'",
        "url = 'postgresql://user:password@localhost/app'",
        "url = 'https://user:pass@example.com/'",
        "AWS = 'AKIAIOSFODNN7EXAMPLE'",
        "token = os.environ['TOKEN']",
        "password = getpass.getpass('Password: ')",
        "token = \"${TOKEN_OF_1_AND_2}\"",
        "def f():\n    \"\"\"Such as api_key='q7Zt3kL9vX2mP8wR4sB6'.\"\"\"",
        "SECRET_KEY = 'q7Zt3kL9vX2mP8wR4sB6nJ5dF1hG0cYa'",
    ] {
        assert_eq!(told("settings.py", text), [], "{text}");
    }
    assert_eq!(told(".env.example", &expanded("TOKEN=ghp_{36}")), []);
}

#[test]
fn what_a_name_says_is_a_secret_where_it_looks_like_one() {
    let line = expanded("# settings\nWEATHER_API_KEY = \"{32 hex}\"\n");
    assert_eq!(told("weather.py", &line), [("a secret", 2, Sure::Certain)]);
    assert_eq!(told("config.ini", &expanded("[web]\ntoken = {24}\n")), [("a secret", 2, Sure::Certain)]);
    assert_eq!(told("config.json", "{\"smtp\": {\n\"password\": \"Sommer2024!\"}}"), [("a secret", 2, Sure::Perhaps)]);
    assert_eq!(told("credentials.json", "{\"client_secret\": \"abc123\"}"), [("a secret", 1, Sure::Certain)]);
    assert_eq!(told("words.json", &expanded("{\"token\": \"{24}\"}")), []);
    assert_eq!(told("config.toml", "max_tokens = 4096\ntoken_url = 'https://a.invalid/1234567890123'\n"), []);
}

#[test]
fn texts_in_bytecode_are_found_though_other_bytes_are_around_them() {
    let bytes = [b"\0\0z(".as_slice(), expanded("ghp_{36}").as_bytes(), b"r\x03\0\0"].concat();
    assert_eq!(search("a.pyc", &bytes).len(), 1);
}

#[test]
fn no_more_than_somebody_reads_is_told_of_a_file() {
    let text: String = (0..500).map(|at| expanded(&format!("ghp_{{30}}{at:06}\n"))).collect();
    assert_eq!(told("a.txt", &text).len(), MOST);
}
