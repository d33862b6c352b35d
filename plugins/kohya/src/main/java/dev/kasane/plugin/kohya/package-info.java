/**
 * The safetensors files of kohya's scripts and AUTOMATIC1111's web UI, which most LoRA files on the web are, and of
 * ComfyUI and OneTrainer.
 *
 * <p>A key is a layer and a parameter: {@code lora_unet_mid_block_…_to_q} and {@code lora_down.weight}. The layer's
 * name is the part of the model and the dotted path, as it is or with every dot made an underscore. That cannot be
 * undone from the name alone, for paths have underscores of their own: so
 * {@link dev.kasane.plugin.kohya.KeyTable} starts from the layers that the base model has, under every name that files
 * use for them, and looks keys up.
 *
 * <p>Parameters pass through, under kohya's and LyCORIS's names whatever the file's are
 * ({@link dev.kasane.plugin.kohya.Parameters}): the format serves LoRA and the LyCORIS family alike and knows no
 * method. A key that is not in the table is never dropped in silence;
 * {@link dev.kasane.plugin.kohya.StrayKeys} says what it most likely is.
 */
package dev.kasane.plugin.kohya;
