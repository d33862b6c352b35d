package dev.kasane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.spi.AdapterModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a format holds to whose files do not hold any adapter, so that {@link AdapterFormatContract} cannot
 * write its sample in it.
 */
public abstract class AdapterReadingContract extends FormatContract {
  @Override
  protected List<Set<String>> strangers() {
    return Stream.concat(super.strangers().stream(), Stream.of(
        Set.of("lora_unet_conv_in.lora_down.weight", "lora_unet_conv_in.lora_up.weight"),
        Set.of("unet.conv_in.lora_A.weight", "unet.conv_in.lora_B.weight"), Set.of("lora_controlnet"))).toList();
  }

  @Test
  void everyKeyFindsItsPlace() throws IOException {
    Path file = example(folder);
    AdapterModel read = format().read(file, layers(), scope);
    assertThat(read.unmatched()).isEmpty();
    assertThat(values(read)).hasSameSizeAs(keysOf(file));
  }
}
