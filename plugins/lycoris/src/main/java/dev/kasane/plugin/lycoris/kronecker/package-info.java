/**
 * LoKr: ΔW is a Kronecker product, one or both of whose factors may be low-rank products themselves.
 *
 * <p>Start with {@link dev.kasane.plugin.lycoris.kronecker.LokrMethod}. {@code KroneckerPlan} decides which factors are
 * whole, {@code Kronecker} holds them, {@code SavedKronecker} finds them in a file; {@code LokrAdapter} is the one
 * adapter with a way around ΔW, on linear layers.
 */
package dev.kasane.plugin.lycoris.kronecker;
