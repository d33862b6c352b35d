package dev.kasane.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.app.base.ComputeDevice;
import dev.kasane.app.Diagnosis;
import dev.kasane.app.Doctor;
import dev.kasane.core.Json;
import dev.kasane.quant.cuda.KernelSelfTest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kasane doctor}. */
@Command(name = "doctor", mixinStandardHelpOptions = true,
    description = "Examine the engine, the processor and the GPU, and test every kernel. Exit code 1 when a kernel"
        + " computes wrongly; a machine without a GPU is a healthy one.")
final class DoctorCommand implements Callable<Integer> {
  private static final double BILLION = 1e9;

  @Spec
  private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--kernel-cache", paramLabel = "DIR",
      description = "Folder for compiled kernels (default: .cache/kasane/kernels in the home folder).")
  private Path cache = ComputeDevice.KERNELS;

  @Override
  public Integer call() throws JsonProcessingException {
    Diagnosis diagnosis = Doctor.examine(cache);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(tree(diagnosis)));
      out.println();
    } else {
      print(diagnosis, out);
    }
    out.flush();
    return diagnosis.isHealthy() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static void print(Diagnosis diagnosis, PrintWriter out) {
    section(out, "Engine", diagnosis.engine());
    Map<String, String> cpu = new LinkedHashMap<>();
    diagnosis.cpu().valuesPerSecond().forEach((name, rate) -> cpu.put(name, String.format(Locale.ROOT,
        "%.2f billion values a second on one thread%s", rate / BILLION,
        name.equals(diagnosis.cpu().decoder()) ? ", chosen" : "")));
    section(out, "4-bit weights on the CPU", cpu);
    diagnosis.cpu().refusals().forEach(refusal -> out.println("  " + refusal));
    Map<String, String> steps = new LinkedHashMap<>();
    diagnosis.steps().forEach(step -> steps.put(step.name(), (step.there() ? "" : "missing: ") + step.text()));
    section(out, "GPU", steps);
    if (diagnosis.gpu().isEmpty()) {
      out.println("  None is used: " + diagnosis.noGpu() + ".");
      return;
    }
    Map<String, String> rates = new LinkedHashMap<>();
    diagnosis.bandwidths().forEach((name, rate) ->
        rates.put(name, String.format(Locale.ROOT, "%.0f GB/s", rate / BILLION)));
    section(out, "Bandwidth", rates);
    out.println("Kernels");
    for (KernelSelfTest.Result result : diagnosis.kernels()) {
      out.printf(Locale.ROOT, "  %-40s %s: error %.2g, allowed %.2g%n", result.kernel(),
          result.passed() ? "right" : "WRONG", result.error(), result.allowed());
    }
  }

  private static void section(PrintWriter out, String title, Map<String, String> facts) {
    out.println(title);
    facts.forEach((name, value) -> out.println(String.format("  %-24s %s", name, value)));
  }

  private static Map<String, Object> tree(Diagnosis diagnosis) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("healthy", diagnosis.isHealthy());
    tree.put("engine", diagnosis.engine());
    tree.put("cpuDecoder", diagnosis.cpu().decoder());
    tree.put("cpuDecoders", diagnosis.cpu().valuesPerSecond());
    tree.put("cpuRefusals", diagnosis.cpu().refusals());
    tree.put("gpuSteps", diagnosis.steps());
    tree.put("gpu", diagnosis.gpu());
    tree.put("noGpu", diagnosis.noGpu());
    tree.put("bandwidths", diagnosis.bandwidths());
    List<Map<String, Object>> kernels = diagnosis.kernels().stream().map(result -> {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("kernel", result.kernel());
      entry.put("passed", result.passed());
      entry.put("error", result.error());
      entry.put("allowed", result.allowed());
      return entry;
    }).toList();
    tree.put("kernels", kernels);
    return tree;
  }
}
