package dev.jtangents.cli;

import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What the commands for finite networks refuse, in the notation of {@link Refusal}. */
final class FiniteBadInputTest {
    private static final String EMPIRICAL =
            "empirical --model @m.json --x1 @x.npy --out @out/K.npz ";
    private static final String MONTE_CARLO = "mc --model @m.json --x1 @x.npy --out @out/K.npz ";

    @TempDir private static Path folder;

    @BeforeAll
    static void writeFiles() throws IOException {
        Files.createDirectory(folder.resolve("out"));
        model("m.json", Samples.MODEL);
        model("relu.json", "\"Relu\"");
        model("max.json", Samples.MAX_POOLED);
        model("graph.json", Samples.GRAPH);
        model("two-outputs.json", Samples.TWO_OUTPUTS);
        model("no-finite-side.json", "\"ExpNormalized\"");
        array("x.npy", Samples.random(1, 6, 5));
        array("narrow.npy", Samples.random(2, 6, 4));
        array("nan.npy", Tensor.of(new double[] {1, 2, Double.NaN, 4, 5}, 1, 5));
        array("norows.npy", Tensor.of(new double[0], 0, 5));
        array("scalar.npy", Tensor.of(new double[] {1}));
        array("images.npy", Samples.random(7, 3, 4, 4, 2));
        array("images5.npy", Samples.random(7, 3, 5, 5, 2));
        array("texts.npy", Samples.random(9, 3, 6, 2));
        parameters("good.npz", 5, 3);
        parameters("other.npz", 4, 3);
        Samples.npz(folder.resolve("missing.npz"), Map.of("0.0", Samples.random(1, 5, 16)));
        Samples.npz(
                folder.resolve("nan.npz"),
                Map.of(
                        "0.0",
                        Samples.random(1, 5, 16),
                        "0.1",
                        Samples.random(2, 1, 16),
                        "2.0",
                        Samples.random(3, 16, 3),
                        "2.1",
                        Tensor.of(new double[] {1, Double.NaN, 2}, 1, 3),
                        "4.0",
                        Samples.random(4, 3, 3)));
        byte[] whole = Files.readAllBytes(folder.resolve("good.npz"));
        Files.write(folder.resolve("short.npz"), Arrays.copyOf(whole, whole.length / 2));
        whole[200] ^= 1;
        Files.write(folder.resolve("damaged.npz"), whole);
    }

    private static void model(String name, String json) {
        Samples.text(folder.resolve(name), json);
    }

    private static void array(String name, Tensor tensor) {
        Samples.npy(folder.resolve(name), tensor);
    }

    private static void parameters(String name, int features, int outputs) {
        Samples.npz(
                folder.resolve(name),
                Map.of(
                        "0.0",
                        Samples.random(1, features, 16),
                        "0.1",
                        Samples.random(2, 1, 16),
                        "2.0",
                        Samples.random(3, 16, outputs),
                        "2.1",
                        Samples.random(4, 1, outputs)));
    }

    private static void assertRefused(String base, String more, String words) throws IOException {
        String command = base;
        for (String option : List.of("--model", "--x1", "--out")) {
            if (more.contains(option + " ")) {
                command = command.replaceFirst(option + " \\S+", "");
            }
        }
        new Refusal(folder).assertFails(2, command + more, words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --get cov1              | cov1+nngp,ntk
                    --get ntk,ntk           | twice
                    --trace-axes 2          | --trace-axes 2+(6, 3)+0 to 1
                    --trace-axes -3         | --trace-axes -3+(6, 3)
                    --trace-axes all        | --trace-axes all+none
                    --trace-axes 1,         | --trace-axes 1,
                    --trace-axes 1,-1       | twice
                    --diagonal-axes 1       | twice
                    --diagonal-axes 7       | --diagonal-axes 7
                    --implementation fast   | fast+vector-products
                    --params @none.npz      | none.npz+no such file
                    --params @out           | out+is a folder
                    --params @x.npy         | x.npy+.npz
                    --params @short.npz     | short.npz
                    --params @damaged.npz   | damaged.npz
                    --params @missing.npz   | missing.npz+0.1 of shape (1, 16) is missing+2.1
                    --params @other.npz     | other.npz+0.0 has shape (4, 16), not (5, 16)
                    --params @good.npz --x1 @narrow.npy | 0.0 has shape (5, 16), not (4, 16)
                    --params @nan.npz       | nan.npz+2.1+NaN+no array 4.0
                    --params @good.npz --save-params @out/P.npz | good.npz already
                    --save-params @out/K.npz | two names
                    --save-params @none/P.npz | none+no folder
                    --save-params @out/P.npy | P.npy+.npz
                    --save-params @out/P.npz --model @relu.json | no parameters
                    --save-params @out/P.npz --memory 100 | budget
                    --seed one              | --seed+one
                    --x1 @nan.npy           | nan.npy+NaN+--mask-constant
                    --x1 @norows.npy        | norows.npy+(0, 5)
                    --x1 @scalar.npy        | scalar.npy+()
                    --x2 @none.npy          | none.npy
                    --x2 @narrow.npy        | --x2+(6, 4)+(6, 5)
                    --x2 @nan.npy           | nan.npy+NaN
                    --mask-constant none    | --mask-constant none+nan
                    --dtype f16             | f16+f32 or f64
                    --memory 100            | budget
                    --threads 0             | --threads 0
                    --tile 256              | --tile
                    --out @none/K.npz       | none+no folder
                    --out @out/K.npy        | K.npy+.npz
                    --model @none.json      | none.json
                    --model @no-finite-side.json | ExpNormalized
                    --model @graph.json --x1 @texts.npy | Aggregate
                    --model @max.json       | Conv+(6, 5)
                    --model @max.json --x1 @images.npy --x2 @images5.npy | (3, 5, 5, 2)
                    --model @two-outputs.json --x1 @images.npy | 2 inputs+1 array
                    --model @two-outputs.json --x1 @images.npy --x1 @texts.npy --x2 @images.npy | 2 inputs
                    """)
    void empiricalRefuses(String more, String words) throws IOException {
        assertRefused(EMPIRICAL, more, words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --samples 0             | --samples 0+from 1
                    --samples -1            | --samples -1
                    --samples ten           | --samples ten
                    --samples 10,,20        | --samples 10,,20
                    --samples 10,0          | --samples 10,0
                    --samples 99999999999   | --samples 99999999999
                    --seed 1                | --samples+--tolerance
                    --samples 9 --tolerance 1 | --samples+--tolerance
                    --samples 9 --most 5    | --most 5+--tolerance
                    --tolerance 0           | --tolerance 0
                    --tolerance -1          | --tolerance -1
                    --tolerance nan         | --tolerance+nan
                    --tolerance NaN         | --tolerance NaN
                    --tolerance small       | --tolerance+small
                    --tolerance 1 --most 0  | --most 0
                    --samples 9 --seed one  | --seed+one
                    --samples 9 --get cov1  | cov1
                    --samples 9 --trace-axes 2 | --trace-axes 2+(6, 3)
                    --samples 9 --implementation fast | fast+structured
                    --samples 9 --compare --trace-axes none | --compare+(6, 6)+(6, 6, 3, 3)
                    --samples 9 --compare --model @max.json --x1 @images.npy | MaxPool+--compare
                    --samples 9 --x1 @x.npy --x1 @x.npy | --x1+one input
                    --samples 9 --x2 @x.npy --x2 @x.npy | --x2+one input
                    --samples 9 --x1 @nan.npy | nan.npy+NaN
                    --samples 9 --x2 @narrow.npy | --x2+(6, 4)
                    --samples 9 --model @graph.json --x1 @texts.npy | Aggregate
                    --samples 9 --model @no-finite-side.json | ExpNormalized
                    --samples 9 --model @two-outputs.json --x1 @images.npy | 2 inputs
                    --samples 9 --memory 100 | budget
                    --samples 9 --threads 0 | --threads 0
                    --samples 9 --out @none/K.npz | none+no folder
                    --samples 9 --out @out/K.npy | K.npy+.npz
                    """)
    void monteCarloRefuses(String more, String words) throws IOException {
        assertRefused(MONTE_CARLO, more, words);
    }
}
