/**
 * What a pickle can become here: plain values (dict, list, tuple, set, text, bytes, numbers, truth values, none),
 * descriptions of tensors, and nothing else.
 *
 * <p>A class that training tools leave in their checkpoints becomes an inert
 * {@link dev.kasane.core.pickle.values.OpaqueObject}. Collections keep Python's order and its equality of keys
 * ({@code KeyOrder}) and cannot be changed from outside. {@link dev.kasane.core.pickle.values.PickledTensor} says where a
 * tensor's numbers lie; it holds none.
 *
 * <p>Here too are the word for a fault in a pickle ({@code MalformedPickle}) and the limit of what one may cost
 * ({@code PickleBudget}), which all that make or order values need.
 */
package dev.kasane.core.pickle.values;
