//! Good codes of every kind in every state, and keys of every state.

use super::Case;
use crate::card_vectors::world::{
    self, DAY, FUTURE_KID, LAST_SLOT, LIST_IAT, NOW, TestKey, WITHDRAWN_SLOT, collaborator_card, letter, press_card,
    with_index,
};
use press_registry::domain::{
    card_code::{Claims, Envelope, Kid, to_be_signed},
    printed::{PrintedName, Validity},
    time::Timestamp,
};

pub(super) fn cases() -> Vec<Case> {
    [kinds(), times(), lists(), keys(), compromised()].into_iter().flatten().collect()
}

fn kinds() -> Vec<Case> {
    let bare = Claims { photo_digest: None, ..press_card() };
    vec![
        Case::card("a press card", "active", &press_card(), "valid", ""),
        Case::card("a collaborator card", "active", &collaborator_card(), "valid", ""),
        Case::card("a letter of introduction", "active", &letter(), "valid", ""),
        Case::card("a press card without photo", "active", &bare, "valid", ""),
        Case::card("a press card of a retired key", "retired", &press_card(), "valid", ""),
        Case::card("a letter of a retired key", "retired", &letter(), "valid", ""),
    ]
}

/// Cards around the edges of their validity; the lists are absent where time alone decides.
fn times() -> Vec<Case> {
    let until = |not_before: i64, expires: i64| {
        let validity = Validity::new(Timestamp::from_seconds(not_before), Timestamp::from_seconds(expires));
        Claims { validity: validity.expect("in order"), ..press_card() }
    };
    let withdrawn = |claims| with_index(claims, 0, WITHDRAWN_SLOT);
    let (from_now, until_now) = (until(NOW, NOW + DAY), until(NOW - DAY, NOW));
    let (ended, longest) = (letter().validity.expires().seconds(), until(0, 253_402_300_799));
    vec![
        Case::card("the second before it begins", "active", &from_now, "not_valid", "not_yet_valid").at(NOW - 1),
        Case::card("the second it begins", "active", &from_now, "valid", ""),
        Case::card("the second before it ends", "active", &until_now, "valid", "").at(NOW - 1),
        Case::card("the second it ends", "active", &until_now, "not_valid", "expired"),
        Case::card("a letter the second it ends", "active", &letter(), "not_valid", "expired").at(ended),
        Case::card("a card of an earlier time", "active", &until(1, 2), "not_valid", "expired"),
        Case::card("the widest validity there is", "active", &longest, "valid", ""),
        Case::card("expired, and no list is needed", "active", &until_now, "not_valid", "expired").lists("none"),
        Case::card(
            "not yet valid, and no list is needed",
            "active",
            &until(NOW + 1, NOW + DAY),
            "not_valid",
            "not_yet_valid",
        )
        .lists("none"),
        Case::card("expired before withdrawn", "active", &withdrawn(until_now.clone()), "not_valid", "expired"),
        Case::card("expired before the clock", "active", &until(1, 2), "not_valid", "expired").at(LIST_IAT - 301),
        Case::card("not yet valid before the clock", "active", &until_now, "not_valid", "not_yet_valid")
            .at(NOW - DAY - 1),
    ]
}

fn lists() -> Vec<Case> {
    let withdrawn = |claims, list| with_index(claims, list, WITHDRAWN_SLOT);
    let last = with_index(press_card(), 0, LAST_SLOT);
    let before_last = with_index(press_card(), 0, LAST_SLOT - 1);
    let highest = with_index(press_card(), 32_767, LAST_SLOT);
    vec![
        Case::card("a withdrawn press card", "active", &withdrawn(press_card(), 0), "not_valid", "withdrawn"),
        Case::card("a withdrawn letter", "active", &withdrawn(letter(), 1024), "not_valid", "withdrawn"),
        Case::card("withdrawn under a retired key", "retired", &withdrawn(press_card(), 0), "not_valid", "withdrawn"),
        Case::card("the last slot of a list, clear", "active", &last, "valid", ""),
        Case::card("the last slot but one, set", "active", &before_last, "not_valid", "withdrawn"),
        Case::card("no list at all", "active", &press_card(), "cannot_confirm", "no_fresh_list").lists("none"),
        Case::card("other lists, not this one", "active", &highest, "cannot_confirm", "no_fresh_list"),
        Case::card(
            "a list of the day before",
            "active",
            &with_index(press_card(), 1, 5),
            "cannot_confirm",
            "no_fresh_list",
        ),
        Case::card(
            "a stale list is not asked",
            "active",
            &withdrawn(press_card(), 1),
            "cannot_confirm",
            "no_fresh_list",
        ),
        Case::card(
            "a list over by its own exp",
            "active",
            &with_index(press_card(), 2, 5),
            "cannot_confirm",
            "no_fresh_list",
        ),
        Case::card("a list one second under 24 hours", "active", &press_card(), "valid", "").at(LIST_IAT + DAY - 1),
        Case::card("a list of 24 hours", "active", &press_card(), "cannot_confirm", "no_fresh_list").at(LIST_IAT + DAY),
        Case::card("a clock five minutes behind", "active", &press_card(), "valid", "").at(LIST_IAT - 300),
        Case::card("a clock further behind", "active", &press_card(), "cannot_confirm", "clock").at(LIST_IAT - 301),
        Case::card("the clock before the list", "active", &highest, "cannot_confirm", "clock").at(LIST_IAT - 301),
        Case::card("a wrong clock hides the bit", "active", &withdrawn(press_card(), 0), "cannot_confirm", "clock")
            .at(LIST_IAT - DAY),
    ]
}

fn keys() -> Vec<Case> {
    let issued_at = world::issuer().issued_at.seconds();
    let stranger = TestKey::named("stranger");
    let strange = world::text(&stranger.code(&press_card().payload()));
    let unknown = |name, verdict, now| Case::unproven(name, strange.clone(), verdict, "unknown_key").at(now);
    let misnamed = |kid: Kid| {
        let payload = press_card().payload();
        let signature = TestKey::named("active").sign(&to_be_signed(kid, &payload));
        world::text(&Envelope { kid, payload: &payload, signature: &signature }.to_bytes())
    };
    let status = world::text(&TestKey::named("status").code(&press_card().payload()));
    vec![
        unknown("a key that nobody knows", "not_ours", NOW),
        unknown("an unknown key, issuer document one second under 24 hours", "not_ours", issued_at + DAY - 1),
        unknown("an unknown key, issuer document of 24 hours", "cannot_confirm", issued_at + DAY),
        unknown("an unknown key, issuer document five minutes ahead", "not_ours", issued_at - 300),
        unknown("an unknown key, issuer document further ahead", "cannot_confirm", issued_at - 301),
        unknown("an unknown key and no list", "not_ours", NOW).lists("none").honest("none"),
        Case::unproven("a status key signs no cards", status, "not_ours", "unknown_key"),
        Case::unproven(
            "a listed key of another algorithm",
            misnamed(Kid::parse(FUTURE_KID).expect("hex")),
            "not_ours",
            "unknown_key",
        ),
        Case::unproven("the kid of another key", misnamed(TestKey::named("retired").kid), "not_ours", "bad_signature"),
    ]
}

fn compromised() -> Vec<Case> {
    let (honest, withdrawn) = (press_card(), with_index(press_card(), 0, WITHDRAWN_SLOT));
    let forged = collaborator_card();
    let stolen_slot = Claims { name: PrintedName::parse("Trần Văn Giả").expect("a name"), ..press_card() };
    let late = honest.validity.expires().seconds();
    let early = honest.validity.not_before().seconds() - 1;
    let forge = |name, key, claims, verdict, reason| Case::card(name, key, claims, verdict, reason);
    vec![
        forge("an honest card of a compromised key", "compromised", &honest, "valid", ""),
        forge("an honest card that is withdrawn", "compromised", &withdrawn, "not_valid", "withdrawn"),
        forge("an honest card that has expired", "compromised", &honest, "not_valid", "expired").at(late),
        forge("an honest card and no list", "compromised", &honest, "cannot_confirm", "no_fresh_list").lists("none"),
        forge("a forged card of a compromised key", "compromised", &forged, "not_valid", "forged"),
        forge("a thief's name on an honest slot", "compromised", &stolen_slot, "not_valid", "forged"),
        forge("forged before expired", "compromised", &forged, "not_valid", "forged").at(late),
        forge("forged before not yet valid", "compromised", &forged, "not_valid", "forged").at(early),
        forge("forged, and no list is needed", "compromised", &forged, "not_valid", "forged").lists("none"),
        forge("a compromised key and no honest set", "stolen", &honest, "cannot_confirm", "no_honest_set"),
        forge("no honest set before expired", "stolen", &honest, "cannot_confirm", "no_honest_set").at(late),
        forge("no honest set of any key", "compromised", &honest, "cannot_confirm", "no_honest_set").honest("none"),
    ]
}
