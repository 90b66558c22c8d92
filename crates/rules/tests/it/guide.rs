//! What the guide teaches is true.

use mainstreet_kernel::Role;
use mainstreet_rules::{Names, Setting, Vocabulary, examine, print_all};

const GUIDE: &str = include_str!("../../../../docs/guide/rules.md");

#[test]
fn the_rules_of_the_guide_are_sound_and_written_in_the_one_way() {
    let names = Names::default();
    let setting = Setting { vocabulary: Vocabulary::standard(), names: &names, role: Role::Manager };
    let mut count = 0;
    for block in GUIDE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        let reading = examine(block, &setting);
        assert_eq!(reading.findings, [], "{block}");
        assert_eq!(print_all(&reading.rules, setting.vocabulary), block);
        count += reading.rules.len();
    }
    assert_eq!(count, 4);
}

#[test]
fn the_guide_names_every_event_counter_and_action() {
    let words = Vocabulary::standard();
    let events = words.events.iter().map(|event| &event.name);
    let counted = words.counted.iter().map(|counted| &counted.name);
    let actions = words.actions.iter().map(|action| &action.name);
    for name in events.chain(counted).chain(actions) {
        assert!(GUIDE.contains(&format!("`{name}")), "{name} is not in the guide");
    }
}
