//! The words that comments, documents and texts avoid, and what to write in their place.

use super::super::words::Banned;

/// In lower case, with a row for each form of a word.
pub(crate) const BANNED: &[Banned] = &[
    // People, where a part of the program is meant.
    (
        "whoever",
        "the noun: the caller, the handler, the thread that ..",
    ),
    (
        "whom",
        "the noun: the handler that .., the subscriber that ..",
    ),
    ("somebody", "the noun: another thread, a handler, the user"),
    ("someone", "the noun: another thread, a handler, the user"),
    (
        "nobody",
        "`no` and the noun: no handler, no subscriber, no thread",
    ),
    ("anybody", "the noun: any caller, any handler, any thread"),
    ("anyone", "the noun: any caller, any handler, any thread"),
    (
        "everybody",
        "`every` or `all` and the noun: all subscribers",
    ),
    ("everyone", "`every` or `all` and the noun: all subscribers"),
    ("who hears", "the subscribers of the event"),
    ("who waits", "the waiting task, the waiting thread"),
    ("what waits", "the queued jobs, the pending futures"),
    // What people do, and parts of a program do not.
    ("hear", "receive, match, subscribe to"),
    ("hears", "receives, matches, is subscribed to"),
    ("heard", "received; `no subscriber received the event`"),
    ("hearer", "the subscriber, the handler"),
    ("hearers", "the subscribers, the handlers"),
    ("hearing", "receiving, matching, subscribed to"),
    ("tells", "returns, reports, shows"),
    (
        "is told",
        "is called, receives, is notified, is reported to",
    ),
    ("are told", "are called, receive, are notified"),
    ("was told", "was called, received, was notified"),
    ("be told", "be called, be notified"),
    ("wants", "needs, requests, expects"),
    ("knows of", "has, stores, refers to"),
    ("know of", "have, store, refer to"),
    ("asks for it", "requests it"),
    ("asks for", "requests, takes as a parameter"),
    ("ask for", "request, take as a parameter"),
    ("asked for", "requested"),
    ("comes along", "arrives, is emitted"),
    ("come along", "arrive, are emitted"),
    ("looks at it", "reads it, checks it"),
    ("look at it", "read it, check it"),
    ("lets in", "accepts, admits"),
    ("let in", "accept, admit, accepted"),
    // Idioms.
    ("goes on", "continues, resumes, runs on"),
    ("go on", "continue, resume"),
    ("going on", "in progress, running"),
    ("went on", "continued, resumed"),
    ("at a glance", "in short, as a table; or leave it out"),
    ("in vain", "without a result; say what was not found"),
];
