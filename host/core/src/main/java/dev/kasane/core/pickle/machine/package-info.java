/**
 * The stack machine that a pickle is a program for.
 *
 * <p>{@link dev.kasane.core.pickle.machine.PickleMachine} is its loop, one case an instruction; {@code PickleInput} and
 * {@code ScalarReader} read what stands after an instruction, {@code PickleStack} and {@code Containers} keep what is
 * being built. What a program may name is the list in {@code KnownGlobals}: a reference to anything else ends the
 * reading with its name. {@code ObjectBuilder}, {@code TensorBuilder} and {@code NumpyValues} do what PyTorch's and
 * NumPy's functions would have done, and {@code GraphCheck} refuses a result that contains itself or grows when it is
 * written out.
 *
 * <p>Instruction set: {@code pickletools} of CPython, protocols 0 to 5.
 */
package dev.kasane.core.pickle.machine;
