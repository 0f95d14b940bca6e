//! What is in the records and in the diffs.

use events_core::{
    Registry,
    record::{Created, Creating, Deleted, Updated, Updating},
};
use events_seaorm::bulk;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set, sea_query::Expr};

use super::{
    emits,
    entities::{create_tables, measure, observed, ticket, user},
    new_user,
};
use crate::{
    Journal,
    database::{Database, on_both},
};

async fn what_subscribers_change_is_written(database: &Database) {
    create_tables(database).await;
    let (registry, rows) = (Registry::new(), Journal::default());
    registry
        .on(|event: &mut Creating<user::Model>| {
            assert_eq!(
                (event.record.id, event.record.active, &event.record.note),
                (0, true, &None),
                "placeholders"
            );
            event.record.email.make_ascii_lowercase();
            event.record.active = false;
        })
        .detach();
    registry
        .on(|event: &mut Updating<user::Model>| {
            event.record.note = Some(event.record.email.clone());
        })
        .detach();
    let notes = rows.clone();
    registry
        .on(move |event: &Created<user::Model>| notes.note(&event.record.email))
        .detach();
    let notes = rows.clone();
    registry
        .on(move |event: &Updated<user::Model>| notes.note(event.diff.to_string()))
        .detach();
    let notes = rows.clone();
    registry
        .on(move |event: &Deleted<user::Model>| notes.note(event.record.note.clone().unwrap()))
        .detach();
    let db = database.db(&registry);
    let ada = new_user("ADA").insert(&db).await.unwrap();
    assert_eq!((ada.email.as_str(), ada.active), ("ada", false));
    let mut change = ada.clone().into_active_model();
    change.email = Set("bob".to_owned());
    let bob = change.update(&db).await.unwrap();
    assert_eq!(bob.note.as_deref(), Some("bob"));
    user::ActiveModel {
        id: Set(bob.id),
        ..Default::default()
    }
    .delete(&db)
    .await
    .unwrap();
    assert_eq!(
        rows.take(),
        [
            "ada",
            r#"email: "ada" -> "bob", note: None -> Some("bob")"#,
            "bob"
        ]
    );
}

async fn a_key_is_not_changed(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    registry
        .on(|event: &mut Updating<user::Model>| event.record.id += 1)
        .detach();
    let db = database.db(&registry);
    let mut ada = new_user("a").insert(&db).await.unwrap().into_active_model();
    ada.email = Set("b".to_owned());
    let error = ada.update(&db).await.unwrap_err().to_string();
    assert!(
        error.contains("has changed `id`, which is part of the key"),
        "{error}"
    );
    database.check_clean("an error").await;
}

async fn a_column_without_a_default_is_an_error(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let error = ticket::ActiveModel {
        ..Default::default()
    }
    .insert(&db)
    .await
    .unwrap_err()
    .to_string();
    assert!(error.contains("the column `state` is not set"), "{error}");
    assert!(journal.take().is_empty());
    let open = ticket::ActiveModel {
        state: Set(ticket::State::Open),
        ..Default::default()
    };
    let mut open = emits!(journal, open.insert(&db), "ticket.creating ticket.created")
        .unwrap()
        .into_active_model();
    open.state = Set(ticket::State::Shut);
    let diff = "(state: Open -> Shut)";
    emits!(
        journal,
        open.update(&db),
        format!("ticket.updating{diff} ticket.updated{diff}")
    )
    .unwrap();
}

fn measured(value: f64, whole: f64) -> measure::ActiveModel {
    measure::ActiveModel {
        value: Set(Some(value)),
        whole: Set(whole),
        ..Default::default()
    }
}

/// Notes what `Created` and `Updated` have.
fn note_measures(registry: &Registry, journal: &Journal) {
    let notes = journal.clone();
    registry
        .on(move |event: &Created<measure::Model>| {
            notes.note(format!("{:?} {}", event.record.value, event.record.whole));
        })
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Updated<measure::Model>| {
            let record = &event.record;
            notes.note(format!(
                "{:?} {} ({})",
                record.value, record.whole, event.diff
            ));
        })
        .detach();
}

/// A NaN does not differ from itself. SQLite stores it as NULL, which is what `Created` and `Updated` have.
async fn a_nan_is_not_a_change(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    note_measures(&registry, &journal);
    let db = database.db(&registry);
    let nan = measured(f64::NAN, 1.0).insert(&db).await.unwrap();
    let stored = match database.aborts() {
        true => "Some(NaN)",
        false => "None",
    };
    assert_eq!(
        journal.take(),
        [
            "measure.creating".to_owned(),
            "measure.created".to_owned(),
            format!("{stored} 1")
        ]
    );
    assert_eq!(nan.value.is_none(), !database.aborts());
    let set = |value| measure::ActiveModel {
        id: Set(nan.id),
        value: Set(Some(value)),
        ..Default::default()
    };
    // Nothing changes in the database.
    set(f64::NAN).update(&db).await.unwrap();
    let expected: &[&str] = match database.aborts() {
        true => &[],
        false => &["measure.updating(value: None -> Some(NaN))"],
    };
    assert_eq!(journal.take(), expected);
    // With another column: it alone.
    let mut change = set(f64::NAN);
    change.whole = Set(2.0);
    change.update(&db).await.unwrap();
    let received = journal.take();
    assert_eq!(
        received[1..],
        [
            "measure.updated(whole: 1.0 -> 2.0)".to_owned(),
            format!("{stored} 2 (whole: 1.0 -> 2.0)")
        ]
    );
    assert_eq!(received[0].contains("NaN"), !database.aborts());
    // Away from it.
    set(1.5).update(&db).await.unwrap();
    let diff = format!("(value: {stored} -> Some(1.5))");
    assert_eq!(
        journal.take(),
        [
            format!("measure.updating{diff}"),
            format!("measure.updated{diff}"),
            format!("Some(1.5) 2 {diff}")
        ]
    );
}

/// What the database rounds: `Creating` and `Updating` have what is set, `Created` and `Updated` what is stored.
async fn the_database_rounds_values(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    note_measures(&registry, &journal);
    let db = database.db(&registry);
    let (first, second) = match database.aborts() {
        true => (2.0, 4.0),
        false => (1.0, 3.0),
    };
    let row = measured(0.1, 1.7).insert(&db).await.unwrap();
    assert_eq!(row.whole, first);
    assert_eq!(journal.take()[2], format!("Some(0.1) {first}"));
    let set = |whole| measure::ActiveModel {
        id: Set(row.id),
        whole: Set(whole),
        ..Default::default()
    };
    let old = format!("{first:?}");
    // Rounded to what it was: no change.
    set(first + 0.2).update(&db).await.unwrap();
    assert_eq!(
        journal.take(),
        [format!(
            "measure.updating(whole: {old} -> {:?})",
            first + 0.2
        )]
    );
    for is_returned in [true, false] {
        let diff = format!("(whole: {old} -> {second:?})");
        match is_returned {
            true => drop(set(3.9).update(&db).await.unwrap()),
            false => drop(set(3.9).update_without_returning(&db).await.unwrap()),
        }
        assert_eq!(
            journal.take(),
            [
                format!("measure.updating(whole: {old} -> 3.9)"),
                format!("measure.updated{diff}"),
                format!("Some(0.1) {second} {diff}")
            ]
        );
        set(first).update(&db.quietly()).await.unwrap();
    }
    // In bulk, and in the record that a delete by its key has.
    bulk::update_many::<measure::Entity>()
        .col_expr(measure::Column::Value, Expr::value(0.2))
        .exec(&db)
        .await
        .unwrap();
    assert_eq!(journal.take().len(), 3);
    let by_key = measure::ActiveModel {
        id: Set(row.id),
        ..Default::default()
    };
    let notes = journal.clone();
    registry
        .on(move |event: &Deleted<measure::Model>| notes.note(event.record.whole.to_string()))
        .detach();
    let deleted = emits!(
        journal,
        by_key.delete(&db),
        format!("measure.deleting measure.deleted {first}")
    );
    assert_eq!(deleted.unwrap().rows_affected, 1);
}

/// `Updated` has what the database has made of the value.
async fn the_database_changes_values(database: &Database) {
    create_tables(database).await;
    let text = "CREATE TRIGGER round BEFORE UPDATE ON \"user\" FOR EACH ROW EXECUTE FUNCTION round_score()";
    let function = "CREATE FUNCTION round_score() RETURNS trigger AS $$ BEGIN NEW.score = round(NEW.score); RETURN NEW; END $$ LANGUAGE plpgsql";
    if !database.aborts() {
        return; // a trigger of SQLite does not change what is written
    }
    for statement in [function, text] {
        sea_orm::ConnectionTrait::execute_unprepared(&database.other, statement)
            .await
            .unwrap();
    }
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let ada = user::ActiveModel {
        score: Set(1.0),
        ..new_user("a")
    }
    .insert(&db)
    .await
    .unwrap();
    journal.take();
    let set = |score: f64| user::ActiveModel {
        id: Set(ada.id),
        score: Set(score),
        ..Default::default()
    };
    emits!(
        journal,
        set(1.2).update(&db),
        "user.updating(score: 1.0 -> 1.2)"
    )
    .unwrap();
    emits!(
        journal,
        set(1.9).update(&db),
        "user.updating(score: 1.0 -> 1.9) user.updated(score: 1.0 -> 2.0)"
    )
    .unwrap();
    emits!(
        journal,
        set(2.9).update_without_returning(&db),
        "user.updating(score: 2.0 -> 2.9) user.updated(score: 2.0 -> 3.0)"
    )
    .unwrap();
}

on_both! {
    what_subscribers_change_is_written;
    a_key_is_not_changed;
    a_column_without_a_default_is_an_error;
    a_nan_is_not_a_change;
    the_database_rounds_values;
    the_database_changes_values;
}
