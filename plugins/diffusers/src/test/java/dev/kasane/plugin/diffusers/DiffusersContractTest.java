package dev.kasane.plugin.diffusers;

import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.testkit.AdapterFormatContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

class DiffusersContractTest extends AdapterFormatContract {
  @Override
  protected AdapterFormat format() {
    return new DiffusersFormat();
  }

  @Override
  protected List<Set<String>> strangers() {
    List<Set<String>> strangers = new ArrayList<>(super.strangers());
    strangers.add(Set.of("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"));
    strangers.add(Set.of("model.layers.0.self_attn.q_proj.lora_A.weight"));
    strangers.add(Set.of("lora_unet_mid_block_attentions_0_proj_in.lora_down.weight"));
    strangers.add(Set.of("lora_unet_unet_mid_block_attentions_0_proj_in_lora_down.weight"));
    return strangers;
  }
}
