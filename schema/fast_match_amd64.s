//go:build !purego

#include "textflag.h"
#include "fast_special_amd64.h"

// The offsets of a step. A test holds them against the type.
#define STEP_MASK 32
#define STEP_SIZE 36
#define STEP_KIND 37
#define STEP 40

// The kinds of a step, those of its part plus one. A test holds them against the constants.
#define KIND_NONE 0
#define KIND_WHOLE 1
#define KIND_MINUS 2
#define KIND_TEXT 3
#define KIND_DIGITS 4
#define KIND_INNER 5
#define KIND_INNER_DIGITS 6
#define KIND_INNER_SIGNED 7
#define KIND_URLS 8

// Bytes as they are compared, the first one lowest; of the three digits of an escape sequence the last two.
#define BACKSLASH_QUOTE $0x225c
#define BACKSLASH_N $0x6e5c
#define BACKSLASHES_U0 $0x30755c5c
#define AMPERSAND $0x3632
#define LESS $0x6333
#define GREATER $0x6533

// ESCAPE skips &, < or > as most encoders write them, \\u0026 in the envelope, and goes on with the text. What is not that
// is left to others.
#define ESCAPE(text, skip) \
	CMPL    (SI)(AX*1), BACKSLASHES_U0 \
	JNE     unsure                     \
	CMPB    4(SI)(AX*1), $0x30         \
	JNE     unsure                     \
	MOVWLZX 5(SI)(AX*1), BX            \
	CMPL    BX, AMPERSAND              \
	JEQ     skip                       \
	ORL     $0x2000, BX                \
	CMPL    BX, LESS                   \
	JEQ     skip                       \
	CMPL    BX, GREATER                \
	JNE     unsure                     \
skip:                                      \
	ADDQ    $7, AX                     \
	JMP     text

// func matchVector(b []byte, steps []step, k, i int) (next, at int)
//
// SI body, DX its length, AX place in it; DI step, R8 behind the last one; R9 where the part of the step begins.
// Y1 quotation marks, Y2 backslashes, Y3 spaces, X4 zeros, X5 nines.
TEXT ·matchVector(SB), NOSPLIT, $0-80
	MOVQ b_base+0(FP), SI
	MOVQ b_len+8(FP), DX
	MOVQ steps_base+24(FP), DI
	MOVQ steps_len+32(FP), R8
	MOVQ k+48(FP), CX
	MOVQ i+56(FP), AX

	IMUL3Q $STEP, R8, R8
	ADDQ   DI, R8
	IMUL3Q $STEP, CX, CX
	ADDQ   CX, DI

	SPECIALS
	MOVL         $0x30303030, BX
	VMOVD        BX, X4
	VPBROADCASTD X4, X4
	MOVL         $0x09090909, BX
	VMOVD        BX, X5
	VPBROADCASTD X5, X5
	JMP          check

	// The fixed bytes of a step, 32 at most.
fixed:
	CMPQ      AX, DX
	JHI       differs
	VMOVDQU   (SI)(AX*1), Y0
	VPCMPEQB  (DI), Y0, Y0
	VPMOVMSKB Y0, BX
	NOTL      BX
	TESTL     STEP_MASK(DI), BX
	JNE       differs
	MOVBLZX   STEP_SIZE(DI), BX
	MOVBLZX   STEP_KIND(DI), CX
	ADDQ      BX, AX
	MOVQ      AX, R9
	CMPL      CX, $KIND_INNER
	JEQ       inner
	CMPL      CX, $KIND_NONE
	JEQ       next
	CMPL      CX, $KIND_TEXT
	JEQ       text
	CMPL      CX, $KIND_WHOLE
	JEQ       whole
	CMPL      CX, $KIND_MINUS
	JEQ       minus
	CMPL      CX, $KIND_URLS
	JEQ       urls
	CMPL      CX, $KIND_INNER_SIGNED
	JEQ       signed

	// Digits, fifteen at most.
digits:
	CMPQ      AX, DX
	JHI       differs
	VMOVDQU   (SI)(AX*1), X0
	VPSUBB    X4, X0, X0
	VPMINUB   X5, X0, X6
	VPCMPEQB  X6, X0, X0
	VPMOVMSKB X0, BX
	NOTL      BX
	BSFL      BX, BX
	TESTL     BX, BX
	JEQ       differs
	CMPL      BX, $16
	JEQ       unsure
	ADDQ      BX, AX

next:
	ADDQ $STEP, DI

check:
	CMPQ DI, R8
	JNE  fixed
	CMPQ AX, DX
	JHI  differs

	MOVQ AX, R9

	// The answer: where the next step lies, and the place.
unsure:
	SUBQ steps_base+24(FP), DI
	MOVQ DI, next+64(FP)
	MOVQ R9, at+72(FP)
	VZEROUPPER
	RET

differs:
	MOVQ $0, next+64(FP)
	MOVQ $-1, at+72(FP)
	VZEROUPPER
	RET

	// A whole number of fifteen digits at most, without a zero before others.
whole:
	CMPQ      AX, DX
	JHI       differs
	VMOVDQU   (SI)(AX*1), X0
	VPSUBB    X4, X0, X0
	VPMINUB   X5, X0, X6
	VPCMPEQB  X6, X0, X0
	VPMOVMSKB X0, BX
	NOTL      BX
	BSFL      BX, BX
	TESTL     BX, BX
	JEQ       differs
	CMPL      BX, $16
	JEQ       differs
	CMPB      (SI)(AX*1), $0x30
	JNE       number
	CMPL      BX, $1
	JNE       differs

number:
	ADDQ BX, AX
	JMP  next

	// A minus or nothing.
minus:
	CMPB (SI)(AX*1), $0x2d
	JNE  next
	INCQ AX
	JMP  next

signed:
	CMPB (SI)(AX*1), $0x2d
	JNE  digits
	INCQ AX
	JMP  digits

	// A text up to its quotation mark.
text:
	CMPQ      AX, DX
	JHI       differs
	SPECIAL
	JNE       texts
	ADDQ      $32, AX
	JMP       text

texts:
	BSFL BX, BX
	ADDQ BX, AX
	CMPB (SI)(AX*1), $0x22
	JEQ  next
	JMP  unsure

	// A nested text up to its \".
inner:
	CMPQ      AX, DX
	JHI       differs
	SPECIAL
	JNE       inners
	ADDQ      $32, AX
	JMP       inner

inners:
	BSFL BX, BX
	ADDQ BX, AX
	CMPW (SI)(AX*1), BACKSLASH_QUOTE
	JEQ  next
	ESCAPE(inner, innerEscaped)

	// A bracket, nested texts with commas between them, a bracket, \n or nothing.
urls:
	CMPB (SI)(AX*1), $0x5b
	JNE  differs

url:
	INCQ AX
	CMPQ AX, DX
	JHI  differs
	CMPW (SI)(AX*1), BACKSLASH_QUOTE
	JNE  unsure
	ADDQ $2, AX

urlText:
	CMPQ      AX, DX
	JHI       differs
	SPECIAL
	JNE       urlEnd
	ADDQ      $32, AX
	JMP       urlText

urlEnd:
	BSFL BX, BX
	ADDQ BX, AX
	CMPW (SI)(AX*1), BACKSLASH_QUOTE
	JNE  urlEscape
	CMPB 2(SI)(AX*1), $0x2c
	LEAQ 2(AX), AX
	JEQ  url
	CMPB (SI)(AX*1), $0x5d
	JNE  unsure
	INCQ AX
	CMPW (SI)(AX*1), BACKSLASH_N
	JNE  next
	ADDQ $2, AX
	JMP  next // a quotation mark has to follow, and it is the first of the next step

urlEscape:
	ESCAPE(urlText, urlEscaped)
