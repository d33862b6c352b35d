"""Adapters that kohya's sd-scripts write themselves, and what they do there.

    python make_sd_scripts.py SD_SCRIPTS_CHECKOUT

SD_SCRIPTS_CHECKOUT is a checkout of github.com/kohya-ss/sd-scripts (made with 48d368f) whose requirements are
installed, transformers and diffusers at the versions that it names.

golden/sd-scripts-sd1.safetensors    LoCon on the tiny SD 1.x model: linear, 1x1, 3x3 and text encoder, alpha not
                                     the rank, metadata and hashes as the trainer has them written
golden/sd-scripts-sd1-expected.safetensors   text.<strength> and unet.<strength>: outputs with it applied;
                                     delta.<module>: the update of some modules as sd-scripts merge it
golden/sd-scripts-sdxl.safetensors   rank 1 on two blocks of SDXL's own U-Net, tiny text encoders, bfloat16
golden/sd-scripts-sdxl-expected.safetensors  probe.<module>: delta . cos(0, 1, 2, ...), float64
golden/sd-scripts-sdxl-names.txt     the name of every module that sd-scripts would train in SDXL's U-Net
"""

import sys
import time
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

HERE = Path(__file__).resolve()
GOLDEN = HERE.parent.parent / "resources" / "golden"
BASE = HERE.parents[5] / "unet-attention/src/test/resources/golden/sd1-tiny"

SD1_DELTAS = (
    "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k",
    "lora_unet_mid_block_attentions_0_transformer_blocks_0_ff_net_0_proj",
    "lora_unet_mid_block_attentions_0_proj_in",
    "lora_unet_down_blocks_0_resnets_0_conv1",
    "lora_unet_down_blocks_1_resnets_0_conv_shortcut",
    "lora_unet_up_blocks_1_upsamplers_0_conv",
    "lora_te_text_model_encoder_layers_2_mlp_fc2",
)
SDXL_PROBES = (
    "lora_unet_input_blocks_3_0_op",
    "lora_unet_input_blocks_4_0_skip_connection",
    "lora_unet_input_blocks_4_1_transformer_blocks_1_attn2_to_v",
    "lora_te1_text_model_encoder_layers_1_mlp_fc1",
    "lora_te2_text_model_encoder_layers_0_self_attn_out_proj",
)


def randomise(network, dtype, seed):
    """Both factors, in numbers that the file's type holds exactly."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in sorted(network.named_parameters()):
        noise = torch.randn(parameter.shape, generator=generator)
        scale = 0.15 if "lora_up" in name else parameter[0].numel() ** -0.5
        parameter.data.copy_((scale * noise).to(dtype).float())


def metadata(scripts, version, dim, alpha, arguments, title):
    known = scripts["train_util"].build_minimum_network_metadata(
        "False", version, "networks.lora", str(dim), str(alpha), arguments)
    known |= {"ss_output_name": title, "ss_training_comment": "a tiny one"}
    known |= scripts["sai_model_spec"].build_metadata(
        None, False, False, version.startswith("sdxl"), True, False, 1.7e9, title=title)
    return known


def updates(scripts, file, text_encoders, unet, names):
    """Module name -> its update, by the code with which sd-scripts draw and merge."""
    network, weights = scripts["lora"].create_network_from_weights(
        1.0, str(file), None, text_encoders, unet, for_inference=True)
    modules = {each.lora_name: each for each in network.text_encoder_loras + network.unet_loras}
    for name in names:
        part = {key.removeprefix(name + "."): value.float() for key, value in weights.items()
                if key.startswith(name + ".")}
        modules[name].load_state_dict(part, strict=False)  # has the layer it changes, too
    return {name: modules[name].get_weight(1.0).detach() for name in names}


@torch.no_grad()
def sd1(scripts):
    text = CLIPTextModel.from_pretrained(BASE / "text_encoder").eval()
    unet = UNet2DConditionModel.from_pretrained(BASE / "unet").eval()
    file = GOLDEN / "sd-scripts-sd1.safetensors"
    network = scripts["lora"].create_network(
        1.0, 4, 6.0, None, text, unet, conv_dim="2", conv_alpha="3")
    network.apply_to(text, unet)
    randomise(network, torch.float16, 61)
    network.save_weights(str(file), torch.float16, metadata(
        scripts, "sd_v1", 4, 6.0, {"conv_dim": "2", "conv_alpha": "3"}, "tiny"))
    inputs = load_file(BASE / "expected.safetensors")
    results = {}
    for strength in (1.0, 0.5):
        network.set_multiplier(strength)
        results[f"text.{strength}"] = text(inputs["text.ids"][:2]).last_hidden_state
        results[f"unet.{strength}"] = unet(
            inputs["unet.sample"], inputs["unet.timesteps"], inputs["unet.encoder_hidden_states"]).sample
    text = CLIPTextModel.from_pretrained(BASE / "text_encoder")
    unet = UNet2DConditionModel.from_pretrained(BASE / "unet")
    deltas = updates(scripts, file, text, unet, SD1_DELTAS)
    results |= {f"delta.{name}": value for name, value in deltas.items()}
    save_file({k: v.contiguous() for k, v in results.items()}, GOLDEN / "sd-scripts-sd1-expected.safetensors")


def xl_models(scripts):
    """SDXL's own U-Net, whose sizes are fixed, without values; text encoders of two layers."""
    with torch.device("meta"):
        unet = scripts["unet"].SdxlUNet2DConditionModel()
    config = CLIPTextConfig(vocab_size=20, hidden_size=8, intermediate_size=16, num_hidden_layers=2,
                            num_attention_heads=2, projection_dim=8)
    return [CLIPTextModel(config), CLIPTextModelWithProjection(config)], unet


@torch.no_grad()
def sdxl(scripts):
    text, unet = xl_models(scripts)
    everything = scripts["lora"].create_network(1.0, 1, 1.0, None, [], unet, conv_dim="1", conv_alpha="1")
    names = sorted(each.lora_name for each in everything.unet_loras)
    (GOLDEN / "sd-scripts-sdxl-names.txt").write_text("\n".join(names) + "\n", encoding="utf-8")

    blocks = ",".join("1" if block in (4, 5) else "0" for block in range(23))
    arguments = {"conv_dim": "1", "conv_alpha": "0.5", "block_dims": blocks, "conv_block_dims": blocks}
    network = scripts["lora"].create_network(1.0, 1, 2.0, None, text, unet, **arguments)
    # Only what was applied is in the state that gets saved.
    network.apply_to(text, unet)
    randomise(network, torch.bfloat16, 62)
    file = GOLDEN / "sd-scripts-sdxl.safetensors"
    network.save_weights(str(file), torch.bfloat16, metadata(
        scripts, "sdxl_base_v1-0", 1, 2.0, arguments, "tiny-xl"))
    text, unet = xl_models(scripts)
    deltas = updates(scripts, file, text, unet, SDXL_PROBES)
    results = {}
    for name, delta in deltas.items():
        rows = delta.reshape(delta.shape[0], -1).double()
        results[f"probe.{name}"] = rows @ torch.arange(rows.shape[1], dtype=torch.float64).cos()
    save_file(results, GOLDEN / "sd-scripts-sdxl-expected.safetensors")


def main(checkout):
    sys.path.insert(0, checkout)
    from library import sai_model_spec, sdxl_original_unet, train_util
    from networks import lora
    scripts = {"lora": lora, "train_util": train_util, "sai_model_spec": sai_model_spec,
               "unet": sdxl_original_unet}
    started = time.time()
    sd1(scripts)
    sdxl(scripts)
    for path in sorted(GOLDEN.glob("sd-scripts-*")):
        print(path.name, path.stat().st_size)
    print(f"{time.time() - started:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1])
