package dev.kasane.app;

import dev.kasane.quant.cpu.Decoders;
import dev.kasane.quant.cuda.Gpu;
import dev.kasane.quant.cuda.KernelSelfTest;
import java.util.List;
import java.util.Map;

/**
 * The state of this machine as far as Kasane is concerned.
 *
 * @param engine facts about the engine by name
 * @param cpu which decoder of 4-bit weights was chosen, and how fast each was
 * @param steps all that a GPU needs, there or missing, with what to do about it
 * @param gpu facts about the GPU by name; empty when there is none
 * @param noGpu why there is none; empty when there is one
 * @param kernels what each kernel's self-test gave, on a GPU only
 * @param bandwidths bytes a second of copies and kernels by name, on a GPU only
 */
public record Diagnosis(Map<String, String> engine, Decoders.Report cpu, List<Gpu.Step> steps,
    Map<String, String> gpu, String noGpu, List<KernelSelfTest.Result> kernels, Map<String, Double> bandwidths) {
  /** Whether all that is there works. A machine without a GPU is a healthy one. */
  public boolean isHealthy() {
    return kernels.stream().allMatch(KernelSelfTest.Result::passed);
  }
}
