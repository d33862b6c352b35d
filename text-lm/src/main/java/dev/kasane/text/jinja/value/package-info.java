/**
 * What Python's values are and can do, over plain Java ones: null for {@code None}, Boolean, Long or BigInteger, Double,
 * String (counted in code points), List ({@code Tuple} for tuples), Map, {@code View} for what is iterated once or made
 * on demand, and {@code Undefined}.
 *
 * <p>Start with {@link dev.kasane.text.jinja.value.Values}: truth, equality, order, length. {@code Operators} computes,
 * {@code Access} gets at items and attributes, {@code PythonText} prints, {@code Methods} and {@code TextMethods} are
 * what stands after a dot, {@code PercentFormat} and {@code BraceFormat} fill texts in. Whatever can be called is a
 * {@link dev.kasane.text.jinja.value.Callable} and gets {@code Arguments}. What costs work or makes text asks the run's
 * {@link dev.kasane.text.jinja.value.Budget} first.
 */
package dev.kasane.text.jinja.value;
