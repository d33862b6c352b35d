package dev.kasane.app.cli;

import dev.kasane.app.base.ModelFamilies;
import dev.kasane.core.UserException;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.checkpoint.ModelQuantisation;
import dev.kasane.quant.checkpoint.QuantisedFile;
import dev.kasane.quant.format.BlockSize;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kasane quantize}. */
@Command(name = "quantize", mixinStandardHelpOptions = true,
    description = "Store the linear layers of a model in 4 or 8 bits, as bitsandbytes does. Embeddings, norms,"
        + " convolutions and a language model's output head stay as they are. Computed on the CPU.")
final class QuantizeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "BASE",
      description = "Model folder of transformers or diffusers (of a pipeline, its U-Net or transformer is"
          + " quantised), or a single file of weights.")
  private Path base;

  @Parameters(index = "1", paramLabel = "OUT",
      description = "Folder to make, or for a single file the safetensors file to write.")
  private Path out;

  @Option(names = "--type", required = true, paramLabel = "TYPE", description = "Storage: nf4, fp4 or int8.")
  private String type;

  @Option(names = "--double-quant", description = "Quantise the scales too: 0.127 in place of 0.5 bits a number at"
      + " block size 64.")
  private boolean doubleQuant;

  @Option(names = "--block-size", paramLabel = "N", defaultValue = "" + BlockSize.USUAL,
      description = "Numbers that share a scale, a power of two from 32 to 4096 (default: ${DEFAULT-VALUE}). Not for"
          + " int8.")
  private int blockSize;

  @Option(names = "--skip", paramLabel = "NAME", split = ",",
      description = "Leave layers dense whose dotted name has this part, such as mlp.down_proj. Repeatable.")
  private List<String> skips = List.of();

  @Override
  public Integer call() {
    ModelQuantisation quantisation = new ModelQuantisation(settings(), skips, ModelFamilies::mainPart);
    QuantisedFile.Summary summary = quantisation.run(base, out, name -> { });
    spec.commandLine().getOut().println(String.format(Locale.ROOT,
        "%s: %d linear layers in %s, %.4f bytes a number; the whole model %,.1f MB, %.3f bytes a number",
        out,
        summary.tensors(), type, (double) summary.quantisedBytes() / summary.quantisedParameters(),
        summary.bytes() / 1e6, summary.bytesPerParameter()));
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  private QuantisationSettings settings() {
    try {
      return new QuantisationSettings(QuantisationSettings.Kind.named(type), blockSize, doubleQuant);
    } catch (UserException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
