/**
 * The folders of Hugging Face PEFT: {@code adapter_config.json} beside {@code adapter_model.safetensors}.
 *
 * <p>Half of what such an adapter means is not in its tensors. A key is
 * {@code base_model.model.} + the layer's path + a parameter, and says nothing of the scale: rank, alpha,
 * patterns of both and the rule that makes a scale of them stand in the configuration. So
 * {@link dev.kasane.plugin.peft.PeftConfig} comes first. It refuses what may change the meaning and is
 * not understood, for such a setting skipped is an adapter that means something else; what other tools add beside is told
 * and left ({@link dev.kasane.plugin.peft.ConfigKeys}). {@link dev.kasane.plugin.peft.LayerRules}
 * answers for one layer, {@link dev.kasane.plugin.peft.KeyGrammar} takes keys apart.
 *
 * <pre>
 *   folder ── PeftFiles ── configuration ── LayerRules ─┐
 *                      └── tensors ──────── KeyGrammar ─┴─ PartReader ── AdapterModel
 *   AdapterModel ── ConfigDraft ── PartWriter ── folder
 * </pre>
 *
 * <p>In the neutral form a layer's scale is always alpha/rank, so under rsLoRA the neutral alpha is
 * {@code lora_alpha · √r}. The configuration travels along in the metadata; a writer that finds it still
 * true of every layer writes it back as it was, otherwise it writes one that is.
 */
package dev.kasane.plugin.peft;
