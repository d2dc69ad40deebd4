using Avs.Eval.Reports;

namespace Avs.Eval.Tests.Reports;

public class TableTests
{
    private static readonly Table Scores = new(["audio", "mIoU"], [["own sound", "0.712"], ["muted, all", "-"], ["a|b \"c\"", "1"]]);

    [Fact]
    public void Text_lines_up_with_numbers_at_the_right() =>
        Assert.Equal("""
            audio        mIoU
            ----------  -----
            own sound   0.712
            muted, all      -
            a|b "c"         1

            """.ReplaceLineEndings("\n"), TableWriter.ToText(Scores));

    [Fact]
    public void Markdown_escapes_bars() =>
        Assert.Equal("""
            | audio      |  mIoU |
            | ---------- | ----: |
            | own sound  | 0.712 |
            | muted, all |     - |
            | a\|b "c"   |     1 |

            """.ReplaceLineEndings("\n"), TableWriter.ToMarkdown(Scores));

    [Fact]
    public void Csv_quotes_what_needs_quoting() =>
        Assert.Equal("audio,mIoU\nown sound,0.712\n\"muted, all\",-\n\"a|b \"\"c\"\"\",1\n", TableWriter.ToCsv(Scores));

    [Fact]
    public void Latex_escapes_its_marks_and_sets_signs() =>
        Assert.Equal("""
            % \usepackage{booktabs}
            \begin{tabular}{lr}
            \toprule
            val\_kl & a \& b \\
            \midrule
            at 50\% \{x\} \textasciitilde{}\textbackslash{} & $-$1.5 $\pm$ 0.2 \\
            {[}4, 8] \textless{} b \textgreater{} c \textbar{} d & 1 \\
            \bottomrule
            \end{tabular}

            """.ReplaceLineEndings("\n"), TableWriter.ToLatex(new Table(
                ["val_kl", "a & b"], [["at 50% {x} ~\\", "-1.5 ± 0.2"], ["[4, 8] < b > c | d", "1"]])));

    [Fact]
    public void A_row_of_the_wrong_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => TableWriter.ToText(new Table(["a", "b"], [["1"]])));
}
