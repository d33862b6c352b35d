/**
 * The LyCORIS family: what there is beside LoRA to adapt a layer with.
 *
 * <p>Most methods add a {@link dev.kasane.core.lowrank.FactoredUpdate} to the weight:
 * {@link dev.kasane.plugin.lycoris.Hadamard} is LoHa, {@link dev.kasane.core.lowrank.LowRank} DoRA's, and
 * {@code kronecker} has LoKr. {@link dev.kasane.core.lowrank.Magnitudes} can lie on top of each of the three:
 * the lengths of the weight's rows, trained apart from its direction. The others change the weight by what it is: (IA)³
 * scales it, GLoRA mixes its inputs, Diag-OFT and BOFT rotate its outputs ({@code rotation}), and {@code whole} keeps
 * all of the difference, for normalisations too.
 *
 * <pre>
 *   method: options, names in a file ── adapter: live tensors ── lycoris.ts.py: ΔW
 *
 *   kronecker, rotation, whole ──► this package: methods of one or two classes, and what all methods share
 * </pre>
 *
 * <p>All of them are {@link dev.kasane.plugin.lycoris.RebuiltAdapter}s: ΔW is a function, live use runs the
 * layer's operation with it, and merging adds it. Only LoKr on a linear layer has a way around ΔW. Names and
 * meanings are those of LyCORIS's live path; where its merging differs (it scales LoHa and LoKr twice), the
 * live path counts.
 *
 * <p>Nothing outside this plugin depends on any class but the methods, and those are found by PF4J.
 */
package dev.kasane.plugin.lycoris;
