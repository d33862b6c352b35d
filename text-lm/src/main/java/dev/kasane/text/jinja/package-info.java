/**
 * Jinja2's template language as chat templates are written in it: a lexer, a parser and a tree that runs itself.
 *
 * <p>{@link dev.kasane.text.jinja.JinjaTemplate} parses a text into {@code Statement}s and {@code Expression}s; a
 * {@code Rendering} runs them over plain Java values that stand for Python's: null for {@code None}, Boolean, Long or
 * BigInteger, Double, String (counted in code points), List ({@code Tuple} for tuples), Map, {@code View} for what is
 * iterated once or made on demand, and {@code Undefined}. What values can do is in {@code Operators}, {@code
 * PythonText} and {@code Methods}; the filters, tests and functions that Jinja2 brings are in {@code Filters}, {@code
 * Tests} and {@code Globals}.
 *
 * <p>The rules are those of Jinja2 3.1's immutable sandbox with {@code trim_blocks}, {@code lstrip_blocks} and loop
 * controls: no other templates, no attributes that begin with an underscore, nothing that changes a list or a
 * dictionary. Templates are strangers' programs: {@code Rendering} bounds steps, depth and text.
 */
package dev.kasane.text.jinja;
