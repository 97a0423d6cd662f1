package dev.jtangents.cli;

import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What commands refuse, in the notation of {@link Refusal}. */
final class BadInputTest {
    private static final String KERNEL = "kernel --model @m.json --x1 @x.npy --out @out/K.npz ";
    private static final String PREDICT =
            "predict --model @m.json --train-x @x.npy --train-y @y.npy --test-x @x.npy --out"
                    + " @out/P.npz ";

    @TempDir private static Path folder;

    @BeforeAll
    static void writeFiles() throws IOException {
        Files.createDirectory(folder.resolve("out"));
        Files.createDirectory(folder.resolve("folder.npz"));
        model("m.json", Samples.MODEL);
        model("empty.json", "");
        model("text.json", "Relu, Dense");
        model("layer.json", "{\"Dence\": {\"out_dim\": 3}}");
        model("argument.json", "{\"Dense\": {\"out_dim\": 3, \"W_sdt\": 1}}");
        model("type.json", "{\"Dense\": {\"out_dim\": 3, \"W_std\": \"large\"}}");
        model("width.json", "{\"Dense\": {\"out_dim\": 0}}");
        model("missing.json", "{\"Dense\": {}}");
        model("two.json", "{\"Dense\": {\"out_dim\": 3}, \"Relu\": {}}");
        model("number.json", "3");
        Samples.bytes(folder.resolve("binary.json"), 0xff, 0xfe, 0x80, 0x00);
        array("x.npy", Samples.random(1, 6, 5));
        array("narrow.npy", Samples.random(2, 6, 4));
        array("nan.npy", Tensor.of(new double[] {1, 2, Double.NaN, 4}, 2, 2));
        array("nan5.npy", Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, Double.NaN, 9, 10}, 2, 5));
        array("inf.npy", Tensor.of(new double[] {1, 2, 3, Double.NEGATIVE_INFINITY}, 2, 2));
        array("norows.npy", Tensor.of(new double[0], 0, 5));
        array("scalar.npy", Tensor.of(new double[] {1}));
        array("flat.npy", Tensor.of(new double[] {1, 2, 3}, 3));
        array("wide.npy", Samples.random(3, 2000, 2));
        array("long.npy", Tensor.of(new double[3_000_000], 3_000_000, 1));
        array("y.npy", Tensor.of(new double[] {0, 1, 2, 0, 1, 2}, 6));
        array("y5.npy", Tensor.of(new double[] {0, 1, 2, 0, 1}, 5));
        array("ynan.npy", Tensor.of(new double[] {0, 1, Double.NaN, 0, 1, 2}, 6));
        array("yhalf.npy", Tensor.of(new double[] {0, 1, 0.5, 0, 1, 2}, 6));
        array("yminus.npy", Tensor.of(new double[] {0, 1, -1, 0, 1, 2}, 6));
        array("ymore.npy", Tensor.of(new double[] {0, 1, 2, 3, 1, 2}, 6));
        array("y2.npy", Samples.random(4, 6, 2));
        array("y3.npy", Tensor.of(new double[6], 6, 1, 1));
        Samples.bytes(folder.resolve("empty.npy"));
        Samples.text(folder.resolve("text.npy"), "1 2 3\n4 5 6\n");
        Samples.text(folder.resolve("ragged.csv"), "1,2\n3,4,5\n");
        Samples.text(folder.resolve("words.csv"), "1,2\n3,four\n");
        Samples.text(folder.resolve("x.dat"), "1,2\n");
        Files.write(
                folder.resolve("short.npy"),
                Arrays.copyOf(Files.readAllBytes(folder.resolve("x.npy")), 200));
        Files.writeString(
                folder.resolve("huge.npy"),
                "\u0093NUMPY\u0001\u0000\u0076\u0000"
                        + "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 99999), }"
                        + " ".repeat(47)
                        + "\n",
                StandardCharsets.ISO_8859_1);
        model("pooled.json", Samples.POOLED);
        model("pairs.json", "{\"serial\": [" + Samples.CONV + ", \"Relu\", " + Samples.CONV + "]}");
        model("graph.json", Samples.GRAPH);
        model("max.json", Samples.MAX_POOLED);
        model("norm.json", "{\"BatchNorm\": {\"mean\": [0, 1], \"variance\": [1, 2]}}");
        model("two-inputs.json", "{\"serial\": [" + Samples.TWO_OUTPUTS + ", \"FanInSum\"]}");
        model("two-outputs.json", Samples.TWO_OUTPUTS);
        array("images.npy", Samples.random(7, 3, 4, 4, 2));
        array("images16.npy", Samples.random(8, 2, 16, 16, 3));
        array("texts.npy", Samples.random(9, 3, 6, 2));
        array("many.npy", Samples.random(10, 60, 4, 4, 2));
        array("graphs.npy", Tensor.of(new double[3 * 6 * 6], 3, 6, 6));
        array("graphs5.npy", Tensor.of(new double[3 * 5 * 5], 3, 5, 5));
        Samples.npz(
                folder.resolve("several.npz"),
                Map.of("a", Samples.random(5, 2, 2), "b", Samples.random(6, 2, 2)));
    }

    private static void model(String name, String json) {
        Samples.text(folder.resolve(name), json);
    }

    private static void array(String name, Tensor tensor) {
        Samples.npy(folder.resolve(name), tensor);
    }

    private static void assertFails(int status, String commandLine, String words)
            throws IOException {
        new Refusal(folder).assertFails(status, commandLine, words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --model @none.json      | none.json+no such file
                    --model @out            | out
                    --model @empty.json     | empty.json
                    --model @text.json      | text.json
                    --model @binary.json    | binary.json+UTF-8
                    --model @layer.json     | Dence+did you mean "Dense"?
                    --model @argument.json  | W_sdt+W_std
                    --model @type.json      | W_std+large
                    --model @width.json     | out_dim+0
                    --model @missing.json   | out_dim
                    --model @two.json       | one name+Relu
                    --model @number.json    | number.json
                    --x1 @none.npy          | none.npy+no such file
                    --x1 @out               | out+is a folder
                    --x1 @empty.npy         | empty.npy
                    --x1 @text.npy          | text.npy
                    --x1 @short.npy         | short.npy
                    --x1 @huge.npy          | huge.npy
                    --x1 @nan.npy           | x1+NaN
                    --x1 @inf.npy           | x1+infinite
                    --x1 @norows.npy        | x1+(0, 5)
                    --x1 @flat.npy          | x1+(3,)
                    --x1 @ragged.csv        | ragged.csv+line 2
                    --x1 @words.csv         | words.csv+line 2+four
                    --x1 @x.dat             | x.dat+known
                    --x1 @several.npz       | several.npz+'a'+'b'
                    --x1 @several.npz:c     | several.npz+'c'
                    --x2 @narrow.npy        | (6, 5)+(6, 4)
                    --x2 @nan.npy --x1 @several.npz:a | x2+NaN
                    --get ngp               | ngp+did you mean "nngp"?
                    --get nngp,nngp         | twice
                    --get nngp,             | no field
                    --get cov2              | cov2+--x2
                    --get mask1             | mask1
                    --dtype f16             | f16+f32 or f64
                    --memory lots           | lots+4g
                    --memory 0              | --memory 0
                    --memory -1g            | -1g
                    --memory 999999999999g  | --memory
                    --memory 100            | budget
                    --memory 20m --threads 1 --x1 @wide.npy | budget+--out K.npy
                    --threads 0             | --threads 0
                    --threads many          | --threads+many
                    --threads 99999999999   | --threads
                    --tile 100              | --tile 100+256
                    --tile 0                | --tile 0
                    --device cuda           | CPU only
                    --device tpu            | tpu
                    --out @none/K.npz       | none+no folder
                    --out @folder.npz       | folder.npz+is a folder
                    --out @out/K.txt        | K.txt+.npz or .npy
                    --out @out/K            | .npz or .npy
                    --out @out/K.npy --get cov1 | cov1+.npz
                    --diagonal-spatial maybe | maybe
                    --mask 3                | --mask
                    """)
    void kernelRefuses(String more, String words) throws IOException {
        String base = KERNEL;
        for (String option : List.of("--model", "--x1", "--out")) {
            if (more.contains(option + " ")) {
                base = base.replaceFirst(option + " \\S+", "");
            }
        }
        assertFails(2, base + more, words);
    }

    /** Networks beyond dense ones. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    pooled.json @x.npy      | Conv+(6, 5)
                    pooled.json @texts.npy  | (3, 6, 2)
                    pooled.json @images.npy --x2 @texts.npy | (3, 4, 4, 2)+(3, 6, 2)
                    pooled.json @images.npy --mask-constant none | --mask-constant none+nan
                    pooled.json @images.npy --get mask1 | mask1+--mask-constant
                    pooled.json @images.npy --mask-constant 0 --get mask2 | mask2+--x2
                    pooled.json @images.npy --pattern1 @graphs.npy | --pattern1+no Aggregate
                    pooled.json @images.npy --memory 10k | budget
                    pooled.json @images.npy --x1 @texts.npy | 1 input+2 arrays
                    pairs.json @many.npy --memory 10m --threads 1 | budget+--out K.npy
                    graph.json @texts.npy   | --pattern1+Aggregate
                    graph.json @texts.npy --pattern1 @none.npy | none.npy
                    graph.json @texts.npy --pattern1 @graphs5.npy | (3, 5, 5)
                    graph.json @texts.npy --pattern1 @graphs.npy --pattern2 @graphs.npy | --x2
                    graph.json @texts.npy --pattern1 @graphs.npy --x2 @texts.npy | --pattern2
                    two-inputs.json @images.npy | 2 inputs+1 array
                    two-inputs.json @images.npy --x1 @many.npy | x1[1]
                    two-inputs.json @images.npy --x1 @texts.npy --x2 @images.npy | 2 inputs+x2 has 1
                    """)
    void kernelOfAnyNetworkRefuses(String modelAndOptions, String words) throws IOException {
        String[] parts = modelAndOptions.split(" ", 2);
        assertFails(2, "kernel --out @out/K.npz --model @" + parts[0] + " --x1 " + parts[1], words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --train-y @none.npy     | none.npy
                    --train-y @y5.npy       | --train-y+5 labels+6 examples
                    --train-y @ynan.npy     | --train-y+NaN
                    --train-y @y3.npy       | --train-y+(6, 1, 1)
                    --train-y @norows.npy   | --train-y+(0, 5)
                    --train-y @yhalf.npy --labels classes | --train-y+0.5
                    --train-y @yminus.npy --labels classes | --train-y+-1.0
                    --train-y @y2.npy --labels classes | --train-y+(6, 2)
                    --labels names          | names+classes or values
                    --test-y @y5.npy        | --test-y+5 labels
                    --test-y @ymore.npy     | --test-y+3.0+0 to 2
                    --test-y @y2.npy        | --test-y
                    --test-x @narrow.npy    | (6, 4)+x1 is --test-x
                    --test-x @nan5.npy      | --test-x+NaN+example 1
                    --t -1                  | --t -1
                    --t soon                | --t soon
                    --t nan                 | --t nan
                    --t 1,,2                | --t 1,,2
                    --t 2,1                 | --t 2,1+increas
                    --t 1:10                | --t 1:10+FROM:TO:COUNT
                    --t 0:10:5              | 0:10:5+above 0
                    --covariance half       | half+none, diagonal or full
                    --solver lu             | lu+cholesky
                    --solver cg --t 10      | --t 10+--solver cg+inf
                    --solver cg --t 1,inf   | --t 1+--solver cg+inf
                    --solver cg --tolerance 2 | tolerance+2.0
                    --solver cg --tolerance tight | --tolerance+tight
                    --solver cg --max-iterations 0 | max_iterations+0
                    --solver cg --centers 5 | --centers 5+--solver nystrom
                    --solver cg --learning-rate 0 | --learning-rate 0
                    --solver cg --diag-reg -1 | diag_reg+-1
                    --solver cg --memory 100 | budget
                    --solver cg --test-x @nan5.npy | --test-x+NaN
                    --solver cg --test-x @narrow.npy | --test-x+(6, 4)
                    --solver nystrom        | --centers
                    --solver nystrom --centers 0 | --centers
                    --solver nystrom --centers 3 --covariance | --covariance
                    --centers 5             | --centers 5+--solver nystrom
                    --tolerance 1e-3        | --tolerance+--solver
                    --max-iterations 5      | --max-iterations 5+--solver
                    --train-x @scalar.npy   | --train-x+()+(N, ...)
                    --train-x @norows.npy   | --train-x+(0, 5)
                    --test-x @scalar.npy    | --test-x+()+(N, ...)
                    --t 1e308 --learning-rate 1e9 | 1.0E308+--t inf
                    --test-x @norows.npy    | --test-x+(0, 5)
                    --plot @out/c.png --t 1,2 | --plot+--test-y
                    --plot @out/c.png --test-y @y.npy | --plot+two times
                    --plot @out/c.png --test-y @y.npy --t 0,1,inf | --plot+two times
                    --plot @out/c.jpg --test-y @y.npy --t 1,2 | --plot+c.jpg+.png
                    --plot @none/c.png --test-y @y.npy --t 1,2 | --plot+none+no folder
                    --plot @out --test-y @y.npy --t 1,2 | --plot+is a folder
                    --diag-reg -1           | diag_reg+-1
                    --diag-reg nan          | diag
                    --learning-rate 0       | --learning-rate 0
                    --learning-rate Infinity | --learning-rate Infinity
                    --learning-rate fast    | fast
                    --get ntkgp             | ntkgp+nngp,ntk
                    --get ntk,ntk           | twice
                    --out @out/P.npy        | P.npy+.npz
                    --memory 100            | budget
                    """)
    void predictRefuses(String more, String words) throws IOException {
        String base = PREDICT;
        for (String option : List.of("--train-x", "--train-y", "--test-x", "--out")) {
            if (more.contains(option + " ")) {
                base = base.replaceFirst(option + " \\S+", "");
            }
        }
        assertFails(2, base + more, words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    describe --model @m.json                      | --input
                    describe --model @m.json --input 0x3          | 0x3
                    describe --model @m.json --input large        | large
                    describe --model @m.json --input 5 --n1 0     | --n1 0
                    describe --model @m.json --input 5 --n2 -3    | --n2 -3
                    describe --model @m.json --input 5 --dtype f8 | f8
                    describe --model @m.json --input 9999999999999x9999999999999 | elements
                    describe --model @m.json --input 3000000000   | features per position
                    describe --model @pooled.json --input 5       | (1000, 5)
                    describe --model @two-inputs.json --input 4x4x2 | 2 inputs
                    describe --model ../examples/models/myrtle-5.json --input 16x16x3 | AvgPool+1x1
                    kernel --model ../examples/models/myrtle-5.json --x1 @images16.npy --out @out/K.npz | AvgPool
                    kernel --model @two-outputs.json --x1 @images.npy --x1 @texts.npy --out @out/K.npy | .npz
                    kernel --model @max.json --x1 @images.npy --out @out/K.npz | MaxPool+AvgPool+command mc
                    kernel --model @norm.json --x1 @images.npy --out @out/K.npz | BatchNorm+LayerNorm+command mc
                    predict --model @graph.json --train-x @texts.npy --train-y @y3.npy --test-x @texts.npy | Aggregate
                    demo --data @none                             | digits-images.npy
                    demo --out @x.npy                             | x.npy+folder
                    kernel                                        | --model+--help
                    predict --model @m.json                       | --train-x
                    kernels                                       | kernels
                    --verbose                                     | --verbose
                    """)
    void otherCommandsRefuse(String commandLine, String words) throws IOException {
        assertFails(2, commandLine, words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    kernel --model @m.json --x1 @long.npy --get ntk --out @out/K.npy | K.npy+free
                    """)
    void aDiskThatIsTooSmallIsNoFaultOfTheInput(String commandLine, String words)
            throws IOException {
        assertFails(1, commandLine, words);
    }
}
