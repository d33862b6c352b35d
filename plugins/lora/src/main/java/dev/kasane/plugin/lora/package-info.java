/**
 * LoRA: low-rank adaptation of linear layers, and of convolutions in the way of LoCon.
 *
 * <p>A layer's frozen weight W gets an update ΔW = alpha/rank · B·A. A starts random and B at zero, so a
 * fresh adapter changes nothing. The parameters are float32 whatever the model computes in, under the names
 * of kohya's scripts: {@code lora_down.weight} is A, {@code lora_up.weight} is B.
 *
 * <p>The stored alpha always means alpha/rank. With rsLoRA the root of the rank is multiplied into it, so
 * that readers that know nothing of rsLoRA scale right.
 *
 * <p>{@link dev.kasane.plugin.lora.LoraMethod} is the extension; factors, magnitudes and their arithmetic are those
 * of {@code dev.kasane.core.lowrank}, and {@code lora.ts.py} has how LoRA starts from a weight. On a linear layer the update is accumulated into the layer's output in one call, and backward keeps only
 * what is as wide as the rank, beside the layer's input.
 */
package dev.kasane.plugin.lora;
