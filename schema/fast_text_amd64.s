//go:build !purego

#include "textflag.h"
#include "fast_special_amd64.h"

// The letters of the short escape sequences.
DATA letters<>+0x22(SB)/1, $1
DATA letters<>+0x2f(SB)/1, $1
DATA letters<>+0x5c(SB)/1, $1
DATA letters<>+0x62(SB)/1, $1
DATA letters<>+0x66(SB)/1, $1
DATA letters<>+0x6e(SB)/1, $1
DATA letters<>+0x72(SB)/1, $1
DATA letters<>+0x74(SB)/1, $1
GLOBL letters<>(SB), RODATA|NOPTR, $256

// func skipTextVector(b []byte, i int) (at int, escaped bool)
//
// SI text, DX its length, AX place in it; BX what is special in the next 32 bytes, R12 whether there was an escape.
TEXT ·skipTextVector(SB), NOSPLIT, $0-41
	MOVQ b_base+0(FP), SI
	MOVQ b_len+8(FP), DX
	MOVQ i+24(FP), AX
	LEAQ letters<>(SB), R8
	XORL R12, R12

	SPECIALS

words:
	CMPQ      AX, DX
	JHS       end
	SPECIAL
	JNE       special
	ADDQ      $32, AX
	JMP       words

special:
	BSFL    BX, CX
	LEAQ    (AX)(CX*1), R9
	CMPQ    R9, DX
	JHS     end
	CMPB    (SI)(R9*1), $0x5c
	JNE     found
	MOVBLZX 1(SI)(R9*1), R10
	CMPB    (R8)(R10*1), $0
	JEQ     found
	MOVL    $1, R12
	ADDL    $2, CX           // the escape sequence, and the rest of these bytes goes on
	CMPL    CX, $32
	JHS     reload
	MOVL    $-1, R10
	SHLL    CX, R10
	ANDL    R10, BX
	JNE     special
	ADDQ    $32, AX
	JMP     words

reload:
	LEAQ 2(R9), AX
	JMP  words

end:
	MOVQ DX, R9

found:
	MOVQ R9, at+32(FP)
	MOVB R12, escaped+40(FP)
	VZEROUPPER
	RET
