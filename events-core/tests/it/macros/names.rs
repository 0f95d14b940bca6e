//! `Self` in an event, and parameters of an event that have names of generated code.

use std::{array, fmt::Debug, marker::PhantomData};

use events_core::{Event, Registry, subscriber, subscribers};

#[derive(Event, Debug, Clone, PartialEq)]
struct Comment {
    text: String,
    parent: Option<Box<Self>>,
    #[event(default)]
    replies: Vec<Self>,
    #[event(default = Self::LIMIT * 2)]
    limit: usize,
    #[event(into, default = Self::names().map(|name| format!("{name} of {}", Self::LIMIT)))]
    names: Vec<String>,
    #[event(default = [Self::LIMIT; 2])]
    sizes: [usize; Self::COUNT],
    #[event(default = vec![Self::LIMIT])]
    listed: Vec<usize>,
}

impl Comment {
    const LIMIT: usize = 8;
    const COUNT: usize = 2;

    fn names() -> [&'static str; 1] {
        ["name"]
    }
}

#[test]
fn self_means_the_event_in_types_and_defaults() {
    let parent = Comment::builder().text("a".to_owned()).build();
    assert_eq!((parent.limit, parent.sizes), (16, [8, 8]));
    assert_eq!(parent.names, ["name of 8"]);
    assert_eq!(parent.listed, [8]);
    let child = Comment::builder().text("b".to_owned());
    let child = child
        .parent(Box::new(parent.clone()))
        .replies(vec![parent.clone()]);
    let child = Registry::new().emit(child.build());
    assert_eq!(child.parent.as_deref(), Some(&parent));
    let types: Vec<_> = Comment::info()
        .fields()
        .map(|field| field.type_name())
        .collect();
    assert_eq!(types[1..3], ["Option<Box<Self>>", "Vec<Self>"]);
}

/// As `Comment`, with parameters.
#[derive(Event, Debug, Clone)]
struct Node<'a, T: Clone + PartialEq<T>, const N: usize>
where
    Self: Sized,
{
    text: &'a str,
    items: [T; N],
    parent: Option<&'a Self>,
    #[event(default = Self::no_children)]
    children: fn(&Self) -> Vec<Self>,
}

impl<T: Clone + PartialEq, const N: usize> Node<'_, T, N> {
    fn no_children(&self) -> Vec<Self> {
        Vec::with_capacity(self.items.len())
    }
}

#[subscriber]
fn reads(event: &mut Node<'_, u8, 2>) {
    event.items[0] += u8::try_from((event.children)(event).len()).unwrap_or(9) + 1;
}

#[test]
fn self_means_the_event_with_its_parameters() {
    let parent = Node::builder().text("a").items([1_u8, 2]).build();
    let child = Node::builder()
        .text("b")
        .items([3_u8, 4])
        .parent(&parent)
        .build();
    let registry = Registry::with(subscribers![reads]);
    let child = registry.emit(child);
    assert_eq!(child.items, [4, 4]);
    assert_eq!(child.parent.map(|parent| parent.text), Some("a"));
}

/// The parameters have names of generated code: of a visitor, of the states of the fields, of the import,
/// of the builder and of a lifetime.
#[derive(Event, Debug, Clone)]
#[allow(non_camel_case_types, reason = "as in generated code")]
struct Named<'__member, __V: Debug, __0, __item, __events, NamedBuilder, const __N: usize>
where
    __0: Default + 'static,
    NamedBuilder: Clone,
{
    item: &'__member str,
    first: Option<__V>,
    #[event(default = __0::default())]
    second: __0,
    third: Vec<(__item, __events, NamedBuilder)>,
    #[event(default = [__N as u8; __N])]
    array: [u8; __N],
    #[event(default)]
    other: PhantomData<__0>,
}

/// As `Named`, and owned.
#[derive(Event, Debug, Clone)]
struct Owned<__V: 'static, const __1: usize> {
    build: [__V; __1],
}

#[test]
fn parameters_may_have_names_of_generated_code() {
    let named = Named::<u8, u16, u32, u64, i8, 2>::builder()
        .item("a")
        .third(vec![(1, 2, 3)]);
    let named = Registry::new().emit(named.first(5).build());
    assert_eq!((named.item, named.first, named.second), ("a", Some(5), 0));
    assert_eq!((named.array, named.third.len()), ([2, 2], 1));
    let owned = Owned::<u8, 3>::builder()
        .build(array::from_fn(|_| 7))
        .emit();
    assert_eq!(owned.build, [7; 3]);
    let types: Vec<_> = Owned::<u8, 3>::info()
        .fields()
        .map(|field| field.type_name())
        .collect();
    assert_eq!(types, ["[__V; __1]"]);
}
