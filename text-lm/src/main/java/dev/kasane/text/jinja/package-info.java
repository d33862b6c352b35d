/**
 * Jinja2's template language as chat templates are written in it: a lexer, a parser and a tree that runs itself.
 *
 * <p>Start with {@link dev.kasane.text.jinja.JinjaTemplate}. It parses a text ({@code Lexer}, {@code Parser}, {@code
 * ExpressionParser}) into {@code Statement}s and {@code Expression}s; a {@code Rendering} runs them over a {@code
 * Scope}. {@code Globals} are the functions that every template has.
 *
 * <pre>
 *   jinja ──► filter ──► value
 *     text → tree,   | name,     what values are
 *     tree → text    is name     and can do
 * </pre>
 *
 * <p>The rules are those of Jinja2 3.1's immutable sandbox with {@code trim_blocks}, {@code lstrip_blocks} and loop
 * controls: no other templates, no attributes that begin with an underscore, nothing that changes a list or a
 * dictionary. Templates are strangers' programs: {@link dev.kasane.text.jinja.value.Budget} bounds steps, depth and
 * text.
 */
package dev.kasane.text.jinja;
