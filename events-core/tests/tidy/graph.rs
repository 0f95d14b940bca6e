//! The modules of a crate, and what each path in them refers to.
//!
//! A path is followed through modules, imports, re-exports and globs to the module that defines the
//! name. So a path refers to a file, whichever `mod.rs` re-exports the name on the way.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};

use super::{
    lexer,
    sources::{Files, folder, is_index},
    syntax::{self, Items, Path},
};

/// The modules of one crate.
pub(super) struct Graph<'t> {
    /// The folder of the crate's `lib.rs`.
    pub(super) src: &'t str,
    pub(super) modules: Vec<Module<'t>>,
    /// Files that only tests have.
    tests: BTreeSet<String>,
    /// Modules whose file is missing, and files that no module has.
    pub(super) problems: Vec<String>,
}

/// A file, or a module with braces in one.
pub(super) struct Module<'t> {
    pub(super) file: &'t str,
    /// Its names from the crate's root, which has none.
    pub(super) path: Vec<&'t str>,
    parent: Option<usize>,
    children: BTreeMap<&'t str, usize>,
    items: Items<'t>,
    /// The positions in `items.uses` of a name.
    imports: BTreeMap<&'t str, Vec<usize>>,
}

/// What a path refers to.
#[derive(Clone, Debug)]
pub(super) struct Target<'t> {
    /// The module that defines the name, or the one that the path leads to.
    pub(super) module: usize,
    /// The name that is defined there, if the path does not end at the module.
    pub(super) name: Option<&'t str>,
    /// The modules that the path itself names.
    pub(super) named: Vec<usize>,
    /// Those of them in which it finds the name as a re-export.
    pub(super) through: Vec<usize>,
    /// It starts with a name that a `use` item of the same module imports: one reference is enough.
    pub(super) is_repeated: bool,
}

/// A path, where it stands and what it refers to.
pub(super) struct Reference<'g> {
    pub(super) from: &'g Module<'g>,
    pub(super) path: &'g Path<'g>,
    pub(super) target: Target<'g>,
    /// It only re-exports the name from an index: importing it is up to others.
    pub(super) is_index_entry: bool,
}

/// How many re-exports of re-exports are followed; a circle of them has no end.
const DEEPEST: usize = 16;

impl<'t> Graph<'t> {
    /// Reads the crate whose root is `src/lib.rs`.
    pub(super) fn new(src: &'t str, files: &'t Files) -> Self {
        let mut graph = Self {
            src,
            modules: Vec::new(),
            tests: BTreeSet::new(),
            problems: Vec::new(),
        };
        let root = format!("{src}/lib.rs");
        match files.get_key_value(&root) {
            Some((file, text)) => {
                let items = syntax::items(&lexer::code(text));
                graph.add(files, file, folder(file), &[], None, items);
            }
            None => graph.problems.push(format!("{root} is missing")),
        }
        let known: BTreeSet<_> = graph.modules.iter().map(|module| module.file).collect();
        for file in files
            .keys()
            .filter(|file| file.starts_with(&format!("{src}/")))
        {
            let is_test = graph
                .tests
                .iter()
                .any(|test| file.starts_with(test.as_str()));
            if !known.contains(file.as_str()) && !is_test {
                let problem =
                    format!("{file}: no `mod` leads to this file; declare it or delete it");
                graph.problems.push(problem);
            }
        }
        graph
    }

    fn add(
        &mut self,
        files: &'t Files,
        file: &'t str,
        children: &str,
        path: &[&'t str],
        parent: Option<usize>,
        mut items: Items<'t>,
    ) -> usize {
        let id = self.modules.len();
        let declared = std::mem::take(&mut items.modules);
        let mut imports = BTreeMap::<_, Vec<_>>::new();
        for (index, one) in items.uses.iter().enumerate() {
            imports.entry(one.name).or_default().push(index);
        }
        self.modules.push(Module {
            file,
            path: path.to_vec(),
            parent,
            children: BTreeMap::new(),
            items,
            imports,
        });
        for module in declared {
            let name = module.name;
            let within = format!("{children}/{name}");
            let path: Vec<_> = path.iter().copied().chain([name]).collect();
            let child = if module.is_test {
                self.tests
                    .extend([format!("{within}.rs"), format!("{within}/")]);
                continue;
            } else if let Some(items) = module.inline {
                self.add(files, file, &within, &path, Some(id), items)
            } else {
                let plain = module.path.map(|path| format!("{}/{path}", folder(file)));
                let candidates = [
                    plain.unwrap_or_else(|| format!("{within}.rs")),
                    format!("{within}/mod.rs"),
                ];
                let found = candidates.iter().find_map(|path| files.get_key_value(path));
                let Some((child, text)) = found else {
                    let problem = format!(
                        "{file}: `mod {name};` has no file; looked for {}",
                        candidates.join(", ")
                    );
                    self.problems.push(problem);
                    continue;
                };
                let items = syntax::items(&lexer::code(text));
                self.add(files, child, &within, &path, Some(id), items)
            };
            self.modules[id].children.insert(name, child);
        }
        id
    }

    /// Every path that refers to something of this crate.
    pub(super) fn references(&self) -> Vec<Reference<'_>> {
        let mut all = Vec::new();
        for (id, from) in self.modules.iter().enumerate() {
            for one in &from.items.uses {
                let is_glob = one.name == "*";
                all.extend(
                    self.resolve(id, &one.path, is_glob, 0)
                        .map(|target| Reference {
                            from,
                            path: &one.path,
                            target,
                            is_index_entry: one.is_public && is_index(from.file),
                        }),
                );
            }
            // A name without a path adds nothing to the `use` item that imports it, unless that is a
            // re-export of an index or a glob.
            let needs_names = is_index(from.file) || from.imports.contains_key("*");
            let paths = from.items.paths.iter();
            for path in paths.filter(|path| needs_names || path.is_macro || path.segments.len() > 1)
            {
                all.extend(self.resolve(id, path, false, 0).map(|target| Reference {
                    from,
                    path,
                    target,
                    is_index_entry: false,
                }));
            }
        }
        all
    }

    /// Follows a path; `None` when it leads out of the crate.
    fn resolve(
        &self,
        from: usize,
        path: &Path<'t>,
        wants_module: bool,
        depth: usize,
    ) -> Option<Target<'t>> {
        let mut target = Target {
            module: from,
            name: None,
            named: Vec::new(),
            through: Vec::new(),
            is_repeated: false,
        };
        let mut rest = path.segments.as_slice();
        while let [word @ ("crate" | "self" | "super"), more @ ..] = rest {
            target.module = match *word {
                "crate" => 0,
                "super" => self.modules[target.module].parent?,
                _ => target.module,
            };
            rest = more;
        }
        let is_relative = rest.len() == path.segments.len();
        while let [name, more @ ..] = rest {
            let is_own = is_relative && rest.len() == path.segments.len();
            let last = more.is_empty();
            let scope = target.module;
            let macros = path.is_macro && last;
            let found = if macros && is_own {
                self.macro_in_scope(scope, name)
            } else {
                None
            };
            match found.or_else(|| self.lookup(scope, name, wants_module || !last, macros, depth)) {
                Some(found) => {
                    target.is_repeated |= is_own
                        && found.is_import
                        && found.behind_glob.is_none()
                        && found.name.is_some();
                    let passed_on = found.is_import && !is_own;
                    target.through.extend(passed_on.then_some(scope));
                    target.through.extend(found.behind_glob);
                    target.module = found.module;
                    target.name = found.name;
                    if found.name.is_none() && !found.is_import {
                        target.named.push(found.module);
                    }
                }
                // The module that the path led to has the name from a macro or from another crate.
                None if !is_own => target.name = Some(name),
                None => return None,
            }
            if target.name.is_some() {
                break;
            }
            rest = more;
        }
        Some(target)
    }

    /// A `macro_rules!` of this module, or of one around it.
    fn macro_in_scope(&self, module: usize, name: &'t str) -> Option<Binding<'t>> {
        let around = iter::successors(Some(module), |id| self.modules[*id].parent);
        let mut around = around.filter(|id| self.modules[*id].items.macros.contains(name));
        around.next().map(|module| Binding::of(module, Some(name)))
    }

    /// Finds a name in a module.
    fn lookup(
        &self,
        id: usize,
        name: &'t str,
        wants_module: bool,
        wants_macro: bool,
        depth: usize,
    ) -> Option<Binding<'t>> {
        if depth > DEEPEST {
            return None;
        }
        let module = &self.modules[id];
        let child = module
            .children
            .get(name)
            .map(|child| Binding::of(*child, None));
        let defines = module.items.defined.contains(name);
        let has_macro = module.items.macros.contains(name) && (wants_macro || !defines);
        if wants_module && child.is_some() {
            return child;
        }
        if wants_macro && has_macro {
            return Some(Binding::of(id, Some(name)));
        }
        let imported = module.imports.get(name).into_iter().flatten();
        let mut imported = imported.filter_map(|index| {
            let path = &module.items.uses[*index].path;
            // `use name;` can only mean a macro of this module, or another crate.
            if path.segments == [name] {
                return None;
            }
            self.resolve(id, path, wants_module, depth + 1)
        });
        if let Some(target) = imported.next() {
            return Some(Binding {
                module: target.module,
                name: target.name,
                is_import: true,
                behind_glob: None,
            });
        }
        if defines || has_macro {
            return Some(Binding::of(id, Some(name)));
        }
        if let Some((at, _)) = self.exported(name).filter(|_| id == 0) {
            return Some(Binding::of(at, Some(name)));
        }
        child.or_else(|| self.through_glob(id, name, wants_module, wants_macro, depth))
    }

    /// The module with the `#[macro_export]` macro of this name, which stands in the crate's root.
    fn exported(&self, name: &str) -> Option<(usize, &Module<'t>)> {
        let mut modules = self.modules.iter().enumerate();
        modules.find(|(_, module)| module.items.exported.contains(name))
    }

    fn through_glob(
        &self,
        id: usize,
        name: &'t str,
        wants_module: bool,
        wants_macro: bool,
        depth: usize,
    ) -> Option<Binding<'t>> {
        let module = &self.modules[id];
        module.imports.get("*")?.iter().find_map(|index| {
            let path = &module.items.uses[*index].path;
            let target = self.resolve(id, path, true, depth + 1)?;
            if target.name.is_some() || target.module == id {
                return None;
            }
            let found = self.lookup(target.module, name, wants_module, wants_macro, depth + 1)?;
            Some(Binding {
                is_import: true,
                behind_glob: found.is_import.then_some(target.module),
                ..found
            })
        })
    }

    /// The folder below `src` that a file stands in, or the name of a file in `src` itself.
    pub(super) fn unit(&self, file: &'t str) -> &'t str {
        let below = file[self.src.len()..].trim_start_matches('/');
        let first = below.split_once('/').map_or(below, |(first, _)| first);
        first.trim_end_matches(".rs")
    }

    /// The file of a module, and the folder it is the index of, if it is one.
    pub(super) fn indexed_folder(&self, module: usize) -> Option<&'t str> {
        let file = self.modules[module].file;
        is_index(file).then(|| folder(file))
    }
}

/// What a name is in a module.
struct Binding<'t> {
    module: usize,
    name: Option<&'t str>,
    is_import: bool,
    /// The module of a glob import that has the name as a re-export.
    behind_glob: Option<usize>,
}

impl<'t> Binding<'t> {
    fn of(module: usize, name: Option<&'t str>) -> Self {
        Self {
            module,
            name,
            is_import: false,
            behind_glob: None,
        }
    }
}

impl Reference<'_> {
    /// Where the path stands, and the path, for a message.
    pub(super) fn place(&self) -> String {
        let Path { segments, line, .. } = self.path;
        format!("{}:{line}: `{}`", self.from.file, segments.join("::"))
    }
}
