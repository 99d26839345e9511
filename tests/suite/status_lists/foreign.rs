//! A list read by somebody else's implementation of the draft, from the bytes of `lst` to the status of each token:
//! `@sd-jwt/jwt-status-list`, a package for tests only. `PRESS_REGISTRY_STATUS_LIST_READER` says where it is installed;
//! without it nothing is read, with a message; `PRESS_REGISTRY_REQUIRE_STATUS_LIST_READER=1` makes that a failure.

use super::{Foreign, served};
use crate::support::{
    on_both_databases,
    registry::{PUBLIC_URL, TestRegistry, instant},
};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use press_registry::domain::{
    card_code::Kid,
    printed::StatusIndex,
    status_list::{Bits, StatusList},
};
use serde_json::{Value, json};
use std::{
    env,
    io::Write as _,
    process::{Command, Stdio},
};

/// Reads `lst` as the other form of the draft has it, in base64url, and tells how many tokens there are and which are
/// valid.
const SCRIPT: &str = r#"
const { StatusList } = require(process.argv[1]);
const { lst, bits } = JSON.parse(require("node:fs").readFileSync(0));
const list = StatusList.decompressStatusList(lst, bits);
const valid = list.statusList.flatMap((_, slot) => list.getStatus(slot) === 0 ? [slot] : []);
console.log(JSON.stringify({ tokens: list.statusList.length, valid }));
"#;

/// What the other implementation makes of packed bits, if it is there.
fn read(packed: &[u8]) -> Option<Value> {
    let Some(package) = env::var_os("PRESS_REGISTRY_STATUS_LIST_READER") else {
        let missing = "nobody else reads status lists: PRESS_REGISTRY_STATUS_LIST_READER is not set";
        assert!(env::var_os("PRESS_REGISTRY_REQUIRE_STATUS_LIST_READER").is_none(), "{missing}");
        eprintln!("skipped: {missing}");
        return None;
    };
    let mut node = Command::new("node")
        .args(["--eval", SCRIPT])
        .arg(package)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let asked = json!({ "lst": BASE64URL_NOPAD.encode(packed), "bits": 1 });
    node.stdin.take().expect("its input").write_all(asked.to_string().as_bytes()).expect("written");
    let done = node.wait_with_output().expect("it ends");
    assert!(done.status.success(), "it reads what it was given");
    Some(serde_json::from_slice(&done.stdout).expect("JSON"))
}

#[test]
fn somebody_else_reads_the_example_of_the_draft() {
    let packed = HEXLOWER.decode(super::format::EXAMPLE_LIST.as_bytes()).expect("hex");
    let Some(read) = read(&packed) else { return };
    let valid: Vec<usize> =
        super::format::EXAMPLE.iter().enumerate().filter(|(_, it)| **it == 0).map(|(slot, _)| slot).collect();
    assert_eq!(read, json!({ "tokens": 16, "valid": valid }));
}

#[test]
fn somebody_else_reads_every_bit_as_it_was_put() {
    // The ends of bytes and of the list, and one slot of each remainder.
    let cleared: Vec<u32> =
        [0, 7, 8, 15, 131_064, 131_071].into_iter().chain((1..100).map(|nth| nth * 1_009)).collect();
    let mut bits = Bits::all_set();
    cleared.iter().for_each(|slot| bits.put(*slot, false));
    let list = StatusList::new(0, bits, instant("2026-12-01T02:00:00Z"));
    let token = list.unsigned(PUBLIC_URL, Kid::from_bytes([0; 4])).signed(&[0; 64]);
    let begins = token.windows(3).position(|window| window == [0x78, 0x01, 0x01]).expect("the bits");
    let Some(read) = read(&token[begins..begins + 2 + 5 + super::BYTES + 4]) else { return };
    let mut cleared = cleared;
    cleared.sort_unstable();
    assert_eq!(read, json!({ "tokens": StatusIndex::SLOTS, "valid": cleared }));
}

on_both_databases! {
    fn somebody_else_reads_a_list_that_is_served(node: TestRegistry) {
        let cards = [node.issued_card(), node.issued_card(), node.issued_card()];
        node.happen(&node.registrar(), &cards[1], "revoke", "prosecution").expect("revoked");
        node.publish_lists().expect("signed");
        let list = Foreign::read(&served(&node, 0).token, node.ring().document());
        let Some(read) = read(list.member("lst").as_bytes().expect("bytes")) else { return };
        let mut good = [cards[0].status_index.slot(), cards[2].status_index.slot()];
        good.sort_unstable();
        assert_eq!(read, json!({ "tokens": StatusIndex::SLOTS, "valid": good }));
    }
}
