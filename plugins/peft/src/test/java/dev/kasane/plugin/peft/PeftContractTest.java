package dev.kasane.plugin.peft;

import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.testkit.AdapterFormatContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

class PeftContractTest extends AdapterFormatContract {
  @Override
  protected AdapterFormat format() {
    return new PeftFormat();
  }

  @Override
  protected String textComponent() {
    return "unet";
  }

  @Override
  protected List<Set<String>> strangers() {
    List<Set<String>> strangers = new ArrayList<>(super.strangers());
    strangers.add(Set.of("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight"));
    strangers.add(Set.of("lora_unet_mid_block_attentions_0_proj_in.lora_down.weight"));
    return strangers;
  }
}
