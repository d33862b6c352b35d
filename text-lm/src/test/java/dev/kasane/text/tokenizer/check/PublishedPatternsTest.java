package dev.kasane.text.tokenizer.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What published tokenisers search for is let through; what only looks like it and takes for ever is not. */
class PublishedPatternsTest {
  private static final int WINDOW = 1 << 14;
  private static final double MOST_STEPS = 8_000_000;

  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String SHORT = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String ENDING = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  @ParameterizedTest
  @CsvSource(delimiter = '¦', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, value = {
    "GPT-2, GPT-NeoX, OLMo, MPT, Phi-2¦'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+("
        + "?!\\S)|\\s+",
    "CLIP¦'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
    "GPT-4¦'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|"
        + "\\s*[\\r\\n]|"
        + "\\s+(?!\\S)|\\s+",
    "GPT-4 as it is written later¦'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s"
        + "\\p{L}\\p{N}]++"
        + "[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
    "Llama 3, GLM-4, OLMo 2, LFM2, Granite 3.3¦" + SHORT + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s"
        + "\\p{L}\\p{N}]+"
        + "[\\r\\n]*" + ENDING,
    "Qwen 2 to 3, Hunyuan A13B¦" + SHORT + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n"
        + "]*" + ENDING,
    "Qwen 3.5¦" + SHORT + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" + ENDING,
    "GPT-4o, gpt-oss, Phi-4 mini, Llama 4, MiniMax¦[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+" + SHORT
        + "?|[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+" + LOWER + "*" + SHORT + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]"
        + "+[\\r\\n/]*"
        + ENDING,
    "Tekken¦[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+|[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+"
        + LOWER + "*|\\p{N}|"
        + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + ENDING,
    "Tekken as converted¦[^\\r\\n\\p{L}\\p{N}]?((?=[\\p{L}])([^a-z]))*((?=[\\p{L}])([^A-Z]))+|[^\\r\\n\\p{L}\\p{N}]?"
        + "((?=[\\p{L}])([^a-z]))+((?=[\\p{L}])([^A-Z]))*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + ENDING,
    "Kimi K2¦[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}\\p{L"
        + "m}\\p{Lo}\\p{M}"
        + "&&[^\\p{Han}]]+" + SHORT + "?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}"
        + "]]+[\\p{Ll}\\p{Lm}"
        + "\\p{Lo}\\p{M}&&[^\\p{Han}]]*" + SHORT + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + ENDING,
    "DeepSeek V3, Hunyuan¦[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?["
        + "\\p{L}\\p{M}]+|"
        + " ?[\\p{P}\\p{S}]+[\\r\\n]*" + ENDING,
    "DeepSeek V3, CJK¦[一-龥\u3040-ゟ゠-ヿ]+",
    "DeepSeek V2, letters¦\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕ]+",
    "DeepSeek V2, marks¦\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+",
    "DeepSeek V2, spaces¦\\s+$",
    "DeepSeek V2, CJK¦[一-龥ࠀ-一가-\uD7FF]+",
    "BLOOM, Poro¦ ?[^(\\s|[.,!?…。，、।۔،])]+",
    "Falcon¦[0-9][0-9][0-9]",
    "XGLM, ALBERT¦ {2,}",
    "digits from the right¦\\d{1,3}(?=(?:\\d{3})*\\b)",
    "digits from the right, SuperBPE¦(?=(\\d{3})+(?!\\d))",
    "digits from the right, any script¦\\p{N}{1,3}(?=(?:\\p{N}{3})*(?:\\P{N}|$))",
    "EXAONE 4¦[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/"
        + "]?|\\s*[\\r\\n]|"
        + "\\s+(?!\\S)|\\s+",
    "EXAONE 4, lines¦(?:\\r?\\n)+(?!\\r?\\n)",
    "letters and marks¦(\\p{L}|\\p{M})+",
    "words with hyphens¦\\w+(?:[-']\\w+)*",
    "numbers with points¦\\d+(?:[.,]\\d+)*"
  })
  void areLetThrough(String models, String pattern) {
    assertThat(RegexCost.of(RegexReader.read(pattern), WINDOW)).as(models).isLessThan(MOST_STEPS);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "(a+)+$", "(?:a|a)*$", "(\\p{L}|\\w)+!", "(?:\\p{L}|\\p{Lu})*x", "\\w+(?:[-'a]\\w+)*!", "(?:\\w+[-']?)*!",
    "(?:\\r?\\n?)+x", "(?:\\r*\\n*)*x", "(?:\\r?\\n|\\n\\r?)+(?!x)", "(?i:a|A)+!", "(?:(?=a)[a-c]|[b-d])*!",
    "(?:\\p{L}\\p{M}*(?: ?\\p{L}\\p{M}*)*)+!", "(?:é|\\p{L})+!", "(?:[^a]|[^b])+!", "(?:[a-z&&[^x]]|[x-z])+!",
    "(?:\\p{Han}|\\p{L})+!", "(?:\\d+|\\d{2})+x", "(?:a?b?)+c", "((a|b)*)*c", "(?:a{1,3})+b"
  })
  void takeForEver(String pattern) {
    assertThatThrownBy(() -> RegexCost.of(RegexReader.read(pattern), WINDOW)).as(pattern)
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("several ways");
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*"
        + "[\\r\\n]+",
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{M}]*[\\p{Ll}\\p{M}]+(?i:'s|'t)?|[\\p{Lu}]+[\\p{Ll}\\p{M}]*(?i:'s|'t"
        + ")?|\\s+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+",
    "[\\p{Han}]+|[\\p{Lu}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}&&[^\\p{Han}]]+|\\s+(?!\\S)",
    " ?[^(\\s|[.,!?…。，、।۔،])]+", "(?=(\\d{3})+(?!\\d))", "\\d{1,3}(?=(?:\\d{3})*\\b)", " {2,}", "[0-9][0-9][0-9]"
  })
  void letsThroughWhatIsInUse(String pattern) {
    for (int growth : new int[] {1, 3}) {
      assertThat(RegexCost.of(RegexReader.read(pattern), (1 << 14) * growth)).isLessThan(2_000_000);
    }
  }

  @Property(tries = 1000)
  void anyPatternIsReadOrRefused(@ForAll String pattern) {
    assertThatCode(() -> {
      try {
        RegexCost.of(RegexReader.read(pattern), 1000);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageNotContaining("\n");
      }
    }).doesNotThrowAnyException();
  }
}
