//! Every text of every verdict and reason, in both languages: the page has its own, and they are the registry's.

use super::PHONE;
use crate::browser::{
    driver::Browser,
    site::{Site, module},
};
use crate::card_vectors::{
    TABLE,
    world::{TestKey, collaborator_card, letter, press_card},
};
use data_encoding::BASE64;
use press_registry::domain::{
    issuer::Words,
    verdict::{Card, CardState, Finding, Judgement, Unproven},
    wording,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Every text that is shown of a judgement.
pub(super) fn of(judgement: &Judgement) -> Vec<Words> {
    let (headline, next) = (wording::headline(judgement), wording::next_step(judgement, PHONE));
    let mut words = vec![headline, next, wording::list_age(judgement.list_age_seconds), wording::about_the_card()];
    words.extend(judgement.foreign_address.then(wording::foreign_address));
    let lines = judgement.card().map(|card| wording::lines(&card.claims)).unwrap_or_default();
    words.extend(lines.into_iter().flat_map(|(name, value)| [name, value]));
    words
}

/// Every kind of card in every state, and everything that is no card.
fn findings() -> Vec<Finding> {
    let kid = TestKey::named("active").kid;
    let states = [
        CardState::Forged,
        CardState::NoHonestSet,
        CardState::NotYetValid,
        CardState::Expired,
        CardState::Clock,
        CardState::NoFreshList,
        CardState::Withdrawn,
        CardState::Valid,
    ];
    let unproven = [
        Unproven::NotACode,
        Unproven::UnknownKey,
        Unproven::PerhapsNewKey,
        Unproven::BadSignature,
        Unproven::NewerVersion,
        Unproven::NoMatch,
    ];
    let cards = [press_card(), collaborator_card(), letter()].map(|claims| Card { kid, claims });
    let of_cards = cards.iter().flat_map(|card| states.map(|state| Finding::Card(Box::new(card.clone()), state)));
    unproven.map(Finding::Unproven).into_iter().chain(of_cards).collect()
}

#[test]
fn every_text_of_every_verdict_is_the_registrys_own() {
    // None, and on both sides of every change of unit and of number.
    let ages = [None, Some(0), Some(1), Some(2), Some(59), Some(60), Some(119), Some(120), Some(3_599), Some(3_600)];
    let ages = ages.into_iter().chain([Some(7_200), Some(86_399), Some(86_400), Some(172_799), Some(172_800)]);
    let mut judgements = Vec::new();
    for list_age_seconds in ages {
        for foreign_address in [false, true] {
            let all = findings().into_iter();
            judgements.extend(all.map(|finding| Judgement { finding, foreign_address, list_age_seconds }));
        }
    }
    let reasons: BTreeSet<_> = judgements.iter().map(|it| (it.verdict().as_str(), it.reason())).collect();
    assert_eq!(reasons, TABLE.into_iter().chain([("not_ours", Some("no_match"))]).collect());
    let Some(browser) = Browser::start("vi") else { return };
    let site = Site::start(|asked| module(&asked.path));
    browser.open(&format!("{}/blank", site.base));
    let as_json = |it: &Judgement| {
        let card = it.card().map(|card| BASE64.encode(&card.claims.payload()));
        json!({
            "verdict": it.verdict().as_str(), "reason": it.reason(), "warning": it.warning(),
            "listAge": it.list_age_seconds, "card": card,
        })
    };
    let asked: Vec<Value> = judgements.iter().map(as_json).collect();
    let said = browser.run("return (await import('/harness.js')).wordsOfAll(a, b)", &[asked.into(), PHONE.into()]);
    let said: Vec<Vec<Words>> = serde_json::from_value(said).expect("texts of each");
    assert_eq!(said.len(), judgements.len());
    for (judgement, said) in judgements.iter().zip(said) {
        assert_eq!(said, of(judgement), "{judgement:?}");
    }
    let said = browser.run("return (await import('/harness.js')).onlyTheRegistry", &[]);
    assert_eq!(serde_json::from_value::<Words>(said).expect("a text"), wording::only_the_registry());
}
