package dev.kasane.plugin.kohya;

import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.testkit.AdapterFormatContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

class KohyaContractTest extends AdapterFormatContract {
  @Override
  protected AdapterFormat format() {
    return new KohyaFormat();
  }

  @Override
  protected List<Set<String>> strangers() {
    List<Set<String>> strangers = new ArrayList<>(super.strangers());
    strangers.add(Set.of("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"));
    strangers.add(Set.of("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight"));
    strangers.add(Set.of("lora_controlnet"));
    return strangers;
  }
}
