/**
 * Jinja2's own filters and tests by their names: what may stand after {@code |} and after {@code is}.
 *
 * <p>Start with {@link dev.kasane.text.jinja.filter.Filters}, which gathers those of lists ({@code ItemFilters}, {@code
 * SelectionFilters}), texts ({@code TextFilters}), numbers ({@code NumberFilters}) and {@code tojson} ({@code ToJson}),
 * and {@link dev.kasane.text.jinja.filter.Tests}.
 */
package dev.kasane.text.jinja.filter;
